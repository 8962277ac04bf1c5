-- A migration that none of $1 is, so that the schema is a newer program's; and the version and the groups
-- that derived the tables, if any did.
SELECT (SELECT name FROM migration WHERE name <> ALL ($1::text[]) ORDER BY name LIMIT 1) AS newer_migration,
       (SELECT version FROM derived_by) AS derived_by,
       (SELECT groups FROM derived_by) AS groups
