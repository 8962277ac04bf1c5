-- A migration that none of $1 is: the schema of a newer program.
SELECT name FROM migration WHERE name <> ALL ($1::text[]) ORDER BY name LIMIT 1
