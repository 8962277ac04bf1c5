-- Returns the environments that reports call production ($1: the kind of their rows).
SELECT name FROM known_name WHERE kind = $1::text
