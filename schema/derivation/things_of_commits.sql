-- Returns the deployments of the touched commits $1, where either sha may be a prefix of the other with at least 7 digits, and
-- those whose version may contain such a commit, or that wait for its report. OFFSET 0: see events_of_things.sql.
SELECT d.source, d.subject
FROM unnest($1::text[]) AS c (sha)
CROSS JOIN LATERAL (
  SELECT * FROM deployment d
  WHERE d.commit <> '' AND d.commit >= left(c.sha, 7) AND d.commit < c.sha || 'g'
    AND (d.commit = c.sha OR starts_with(c.sha, d.commit) OR (length(c.sha) >= 7 AND starts_with(d.commit, c.sha))) OFFSET 0) AS d
UNION
SELECT d.source, d.subject
FROM unnest($1::text[]) AS c (sha)
CROSS JOIN LATERAL (
  SELECT * FROM deployment d
  WHERE d.commit_tokens <> '' AND string_to_array(d.commit_tokens, ' ') @> ARRAY[left(lower(c.sha), 7)] OFFSET 0) AS d
UNION
SELECT source, subject FROM deployment WHERE awaited_commit <> '' AND awaited_commit = ANY ($1::text[])
