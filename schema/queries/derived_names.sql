-- The environments that are production, as the places were derived, and the groups of environments by which everything was; no
-- groups before anything was derived.
SELECT (SELECT coalesce(jsonb_agg(DISTINCT environment), '[]') FROM place WHERE production) AS productions,
       (SELECT groups FROM derived_by) AS groups
