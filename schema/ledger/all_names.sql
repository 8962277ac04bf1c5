SELECT kind, name, microseconds(received_at) AS received_at, source, id FROM known_name
