-- Returns the first migration that is not in $1 (set if a newer program migrated the schema), and the version and the groups with
-- which the tables were derived (null if nothing was derived).
SELECT (SELECT name FROM migration WHERE name <> ALL ($1::text[]) ORDER BY name LIMIT 1) AS newer_migration,
       (SELECT version FROM derived_by) AS derived_by,
       (SELECT groups FROM derived_by) AS groups
