-- Repositories with commits or tags reported since $1, at most $2 rows: first a row without a name for each repository, then one for each
-- tag, newest first.
SELECT repository, name
FROM (
  SELECT e.fields ->> 'repository' AS repository, CASE WHEN e.thing = 'tag' THEN coalesce(e.fields ->> 'name', '') ELSE '' END AS name, max(e.time) AS time
  FROM event e
  WHERE e.thing IN ('commit', 'tag') AND e.type <> 'retraction' AND NOT e.is_override AND e.fields ->> 'repository' <> '' AND e.time >= $1::timestamptz
  GROUP BY 1, 2) AS told
ORDER BY name <> '', told.time DESC, repository, name
LIMIT $2::bigint
