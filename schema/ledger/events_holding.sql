-- Events whose fields hold a text, in any case; ($1 escaped for LIKE).
SELECT source, id, fields::text, delivery
FROM event
WHERE fields::text ILIKE $1
