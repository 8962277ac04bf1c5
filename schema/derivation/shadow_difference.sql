-- What the derived tables hold and what deriving everything from the events gives: at most $1 rows.
SELECT derived_table AS "table", side, differing AS "row" FROM shadow_differences() ORDER BY 1, 3, 2 LIMIT $1::bigint
