-- Returns the derivation_version of the derived tables; no row if nothing was derived.
SELECT version FROM derived_by
