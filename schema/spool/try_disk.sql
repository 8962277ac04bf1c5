-- Allocates the pages of a delivery of usual size and frees them again, to test whether the disk accepts writes.
CREATE TABLE IF NOT EXISTS tried (bytes BLOB);
INSERT INTO tried VALUES (zeroblob(262144));
DROP TABLE tried;
