-- Returns at most $1 differences between the derived tables and a derivation from all events.
SELECT derived_table AS "table", side, differing AS "row" FROM shadow_differences() ORDER BY 1, 3, 2 LIMIT $1::bigint
