SELECT number, source, key, received_at, outcome, detail, headers, body, events, size, set_aside FROM delivery WHERE number > ?1 ORDER BY number LIMIT 1
