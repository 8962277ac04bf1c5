-- What PostgreSQL says of itself and of what was derived: whether a COMMIT is on disk when it returns, its clock, and the rules and the
-- version by which the past was derived (nothing: nothing was).
SELECT current_setting('synchronous_commit') <> 'off' AND current_setting('fsync')::boolean AS is_durable, microseconds(clock_timestamp()) AS now,
       (SELECT fingerprint FROM derived_by) AS derived_by, (SELECT version FROM derived_by) AS derived_version,
       (SELECT count(*) FROM delivery WHERE outcome = 'dead') AS dead
