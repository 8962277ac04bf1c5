-- What the derived tables hold and what deriving everything from the events gives. A place's generation only counts how
-- often it was written.
SELECT 'deployment' AS "table", side, to_jsonb(r) AS "row" FROM (
  SELECT 'stored' AS side, * FROM (SELECT * FROM public.deployment EXCEPT SELECT * FROM pg_temp.deployment) AS s
  UNION ALL SELECT 'derived', * FROM (SELECT * FROM pg_temp.deployment EXCEPT SELECT * FROM public.deployment) AS d) AS r
UNION ALL
SELECT 'incident' AS "table", side, to_jsonb(r) AS "row" FROM (
  SELECT 'stored' AS side, * FROM (SELECT * FROM public.incident EXCEPT SELECT * FROM pg_temp.incident) AS s
  UNION ALL SELECT 'derived', * FROM (SELECT * FROM pg_temp.incident EXCEPT SELECT * FROM public.incident) AS d) AS r
UNION ALL
SELECT 'flag_change' AS "table", side, to_jsonb(r) AS "row" FROM (
  SELECT 'stored' AS side, * FROM (SELECT * FROM public.flag_change EXCEPT SELECT * FROM pg_temp.flag_change) AS s
  UNION ALL SELECT 'derived', * FROM (SELECT * FROM pg_temp.flag_change EXCEPT SELECT * FROM public.flag_change) AS d) AS r
UNION ALL
SELECT 'remedy' AS "table", side, to_jsonb(r) AS "row" FROM (
  SELECT 'stored' AS side, * FROM (SELECT * FROM public.remedy EXCEPT SELECT * FROM pg_temp.remedy) AS s
  UNION ALL SELECT 'derived', * FROM (SELECT * FROM pg_temp.remedy EXCEPT SELECT * FROM public.remedy) AS d) AS r
UNION ALL
SELECT 'work' AS "table", side, to_jsonb(r) AS "row" FROM (
  SELECT 'stored' AS side, * FROM (SELECT * FROM public.work EXCEPT SELECT * FROM pg_temp.work) AS s
  UNION ALL SELECT 'derived', * FROM (SELECT * FROM pg_temp.work EXCEPT SELECT * FROM public.work) AS d) AS r
UNION ALL
SELECT 'engagement' AS "table", side, to_jsonb(r) AS "row" FROM (
  SELECT 'stored' AS side, * FROM (SELECT * FROM public.engagement EXCEPT SELECT * FROM pg_temp.engagement) AS s
  UNION ALL SELECT 'derived', * FROM (SELECT * FROM pg_temp.engagement EXCEPT SELECT * FROM public.engagement) AS d) AS r
UNION ALL
SELECT 'commit_seen' AS "table", side, to_jsonb(r) AS "row" FROM (
  SELECT 'stored' AS side, * FROM (SELECT * FROM public.commit_seen EXCEPT SELECT * FROM pg_temp.commit_seen) AS s
  UNION ALL SELECT 'derived', * FROM (SELECT * FROM pg_temp.commit_seen EXCEPT SELECT * FROM public.commit_seen) AS d) AS r
UNION ALL
SELECT 'known_name' AS "table", side, to_jsonb(r) AS "row" FROM (
  SELECT 'stored' AS side, * FROM (SELECT * FROM public.known_name EXCEPT SELECT * FROM pg_temp.known_name) AS s
  UNION ALL SELECT 'derived', * FROM (SELECT * FROM pg_temp.known_name EXCEPT SELECT * FROM public.known_name) AS d) AS r
UNION ALL
SELECT 'place', side, to_jsonb(r) FROM (
  SELECT 'stored' AS side, * FROM (SELECT service, environment, production, team FROM public.place
                                   EXCEPT SELECT service, environment, production, team FROM pg_temp.place) AS s
  UNION ALL SELECT 'derived', * FROM (SELECT service, environment, production, team FROM pg_temp.place
                                      EXCEPT SELECT service, environment, production, team FROM public.place) AS d) AS r
ORDER BY "table", "row", side
LIMIT $1::bigint
