-- As many pages as a delivery of usual size takes, and back again: on disk, if that takes writes.
CREATE TABLE IF NOT EXISTS tried (bytes BLOB);
INSERT INTO tried VALUES (zeroblob(262144));
DROP TABLE tried;
