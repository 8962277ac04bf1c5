-- Whether a COMMIT is on disk when it returns, PostgreSQL's clock, and the rules and version that history was derived with (null: never).
SELECT current_setting('synchronous_commit') <> 'off' AND current_setting('fsync')::boolean AS is_durable, microseconds(clock_timestamp()) AS now,
       (SELECT fingerprint FROM derived_by) AS derived_by, (SELECT version FROM derived_by) AS derived_version,
       (SELECT count(*) FROM delivery WHERE outcome = 'dead') AS dead
