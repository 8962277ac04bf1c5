-- Tries to take the migration lock ($1, shared) and the derivation lock ($2), so that no migration and no other derivation runs
-- meanwhile; a column is true if its lock was acquired. Each schema of a database has its own locks; `public` uses the plain keys,
-- as the previous release does.
SELECT pg_try_advisory_xact_lock_shared($1::bigint # of.schema) AS nobody_migrates, pg_try_advisory_xact_lock($2::bigint # of.schema) AS nobody_derives
FROM (SELECT CASE current_schema() WHEN 'public' THEN 0 ELSE hashtext(current_schema()::text)::bigint << 16 END AS schema) AS of
