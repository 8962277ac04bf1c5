-- Takes the locks of try_derive_locks.sql and waits until they are free.
SELECT pg_advisory_xact_lock_shared($1::bigint # of.schema), pg_advisory_xact_lock($2::bigint # of.schema)
FROM (SELECT CASE current_schema() WHEN 'public' THEN 0 ELSE hashtext(current_schema()::text)::bigint << 16 END AS schema) AS of
