-- Nobody migrates ($1) meanwhile, nobody else derives ($2): each true if the lock is ours. Each schema of a database has locks of
-- its own; those of `public` are the plain ones, as the release before takes them.
SELECT pg_try_advisory_xact_lock_shared($1::bigint # of.schema) AS nobody_migrates, pg_try_advisory_xact_lock($2::bigint # of.schema) AS nobody_derives
FROM (SELECT CASE current_schema() WHEN 'public' THEN 0 ELSE hashtext(current_schema()::text)::bigint << 16 END AS schema) AS of
