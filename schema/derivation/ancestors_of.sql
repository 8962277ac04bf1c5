-- Returns the commits $1 and their ancestors, in generations, at most $2 commits. OFFSET 0: see events_of_things.sql.
WITH RECURSIVE found AS (
  SELECT c.sha, c.parents, c.committed_at, c.lines_changed, c.reached_at, c.pull_request
  FROM unnest($1::text[]) AS t (sha)
  CROSS JOIN LATERAL (SELECT * FROM commit_seen s WHERE s.sha = t.sha OFFSET 0) AS c
  UNION
  SELECT c.sha, c.parents, c.committed_at, c.lines_changed, c.reached_at, c.pull_request
  FROM found CROSS JOIN LATERAL unnest(string_to_array(found.parents, ' ')) AS t (sha)
  CROSS JOIN LATERAL (SELECT * FROM commit_seen s WHERE s.sha = t.sha OFFSET 0) AS c
)
SELECT sha, to_jsonb(string_to_array(parents, ' ')) AS parents, microseconds(committed_at) AS committed_at, lines_changed, microseconds(reached_at) AS reached_at, pull_request
FROM found LIMIT $2::bigint
