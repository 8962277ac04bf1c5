-- Counts the succeeded deployments of a target ($1, $2: service, environment) that finished after $3, up to $4.
SELECT count(*) FROM (
  SELECT FROM deployment d
  WHERE d.service = $1::text AND d.environment = $2::text AND NOT d.is_release AND d.state = 'succeeded' AND d.finished_at > $3::timestamptz
  LIMIT $4::bigint) AS d
