-- Takes the migration lock $1 of this schema exclusively: one daemon migrates at a time, and none derives meanwhile.
SELECT pg_advisory_xact_lock($1::bigint # of.schema)
FROM (SELECT CASE current_schema() WHEN 'public' THEN 0 ELSE hashtext(current_schema()::text)::bigint << 16 END AS schema) AS of
