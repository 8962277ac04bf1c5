-- Returns the commits that reached the default branch of the repository $1 from $2 on, and report their parents, in that order.
SELECT sha, microseconds(reached_at) AS reached_at FROM commit_seen
WHERE told_in = $1 AND reached_at >= $2::timestamptz AND parents IS NOT NULL
ORDER BY reached_at, sha LIMIT $3::bigint
