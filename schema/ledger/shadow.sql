-- Empty twins of the derived tables under the same names: the same SQL then derives into them (pg_temp comes first).
CREATE TEMPORARY TABLE deployment (LIKE public.deployment INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE place (LIKE public.place INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE touched (LIKE public.touched INCLUDING ALL) ON COMMIT DROP
