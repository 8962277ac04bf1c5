-- The production environments and the groups of environments of the last derivation; the groups are null before the first one.
SELECT (SELECT coalesce(jsonb_agg(DISTINCT environment), '[]') FROM place WHERE production) AS productions,
       (SELECT groups FROM derived_by) AS groups
