INSERT INTO delivery (source, key, received_at, outcome, detail, headers, body, events, size)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (source, key) DO NOTHING
