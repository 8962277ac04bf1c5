-- The names of each kind that has a most which came after the first $1. Mostly there are fewer in all, which is found sooner.
SELECT kind, name FROM (
  SELECT kind, name, row_number() OVER (PARTITION BY kind ORDER BY received_at, source, id, name) AS n FROM known_name) AS k
WHERE n > $1::bigint AND kind <> 'said production' AND (SELECT count(*) FROM known_name) > $1::bigint
