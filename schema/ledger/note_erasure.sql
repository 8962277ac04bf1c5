INSERT INTO erasure (erased_at, by_whom, reason, pseudonym, events, deliveries)
VALUES ($1, $2, $3, $4, $5, $6)
