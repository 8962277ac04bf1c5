-- For this session: whatever the server is set to, a COMMIT waits for the disk.
SET synchronous_commit = on
