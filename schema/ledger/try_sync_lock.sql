-- Takes the lock of `sync` for source $1 until the connection closes; false if another process has it. Schemas have different locks.
SELECT pg_try_advisory_lock(hashtextextended(current_schema() || ' sync ' || $1, 0))
