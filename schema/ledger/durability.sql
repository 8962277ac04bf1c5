-- Whether a COMMIT is on disk when it returns, as far as this session decides, and as far as the server does.
SELECT current_setting('synchronous_commit') <> 'off' AS commits_wait, current_setting('fsync')::boolean AS has_fsync
