-- Every event about the given commits, from any source; either side may be a prefix of 7 digits or more.
WITH c AS (SELECT unnest($1::text[]) AS sha), found AS (
  SELECT c.sha, e.* FROM c JOIN event e ON e.thing = 'commit' AND e.subject = c.sha
  UNION ALL
  SELECT c.sha, e.* FROM c JOIN event e
    ON e.thing = 'commit' AND length(c.sha) >= 7 AND e.subject > c.sha AND e.subject < c.sha || 'g'
  UNION ALL
  SELECT c.sha, e.* FROM c CROSS JOIN LATERAL generate_series(7, length(c.sha) - 1) AS n
  JOIN event e ON e.thing = 'commit' AND e.subject = left(c.sha, n)
)
SELECT sha, id, (extract(epoch FROM time) * 1000000)::bigint AS time, type = 'retraction' AS retraction, is_override, fields
FROM found
