-- The kinds of the deployments of service $3 (empty: all services) that finished in [$1, $2).
SELECT service, environment, subject, version, microseconds(finished_at) AS finished_at, kind, kind_reason, kind_evidence
FROM deployment
WHERE kind IS NOT NULL AND NOT is_release AND finished_at >= $1::timestamptz AND finished_at < $2::timestamptz AND ($3 = '' OR service = $3)
ORDER BY deployment.finished_at, source, subject, service, environment
