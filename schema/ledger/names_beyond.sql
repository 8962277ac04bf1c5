-- The names of each kind that came after the first $1.
SELECT kind, name FROM (
  SELECT kind, name, row_number() OVER (PARTITION BY kind ORDER BY received_at, source, id, name) AS n FROM known_name) AS k
WHERE n > $1::bigint
