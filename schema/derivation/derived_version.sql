-- The derivation_version of the derived tables; no row before anything was derived.
SELECT version FROM derived_by
