-- Returns the names of each limited kind after the first $1, in order of first receipt. The condition on the total number of names
-- avoids the ranking in the usual case that there are fewer names than $1.
SELECT kind, name FROM (
  SELECT kind, name, row_number() OVER (PARTITION BY kind ORDER BY received_at, source, id, name) AS n FROM known_name) AS k
WHERE n > $1::bigint AND kind <> 'said production' AND (SELECT count(*) FROM known_name) > $1::bigint
