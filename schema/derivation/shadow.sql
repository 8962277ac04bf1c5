-- Empty twins of the derived tables, into which the same SQL then derives.
SELECT shadow_derived_tables()
