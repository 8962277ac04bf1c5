-- The groups of environments by which everything was derived; no row before anything was.
SELECT groups FROM derived_by
