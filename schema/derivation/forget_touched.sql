-- A rebuild derives all events of its snapshot, and the entries of the queue that name them.
DELETE FROM touched
