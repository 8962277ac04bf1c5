-- Creates empty temporary twins of the derived tables; the same SQL then derives into them.
SELECT shadow_derived_tables()
