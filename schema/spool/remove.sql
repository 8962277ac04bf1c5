DELETE FROM delivery WHERE number = ?1 RETURNING size
