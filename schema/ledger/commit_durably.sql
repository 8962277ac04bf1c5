-- Makes COMMIT wait for the disk in this session, whatever the server is configured to do.
SET synchronous_commit = on
