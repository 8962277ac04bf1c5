-- What the derived tables hold and what deriving everything from the events gives.
SELECT 'stored' AS side, * FROM (SELECT * FROM public.deployment EXCEPT SELECT * FROM pg_temp.deployment) AS s
UNION ALL
SELECT 'derived', * FROM (SELECT * FROM pg_temp.deployment EXCEPT SELECT * FROM public.deployment) AS d
ORDER BY service, environment, source, subject, side
LIMIT $1::bigint
