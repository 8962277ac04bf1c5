-- The environments that are production, as the places were derived.
SELECT DISTINCT environment FROM place WHERE production
