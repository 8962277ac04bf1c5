-- Returns whether COMMIT waits for the disk in this session, and whether the server runs with fsync enabled.
SELECT current_setting('synchronous_commit') <> 'off' AS commits_wait, current_setting('fsync')::boolean AS has_fsync
