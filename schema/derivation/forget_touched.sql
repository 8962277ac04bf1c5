-- Empties the queue before a rebuild: the rebuild derives every event of its snapshot, including the queued ones.
DELETE FROM touched
