-- Empty twins of the derived tables under the same names: the same SQL then derives into them (pg_temp comes first).
CREATE TEMPORARY TABLE deployment (LIKE public.deployment INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE incident (LIKE public.incident INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE flag_change (LIKE public.flag_change INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE remedy (LIKE public.remedy INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE work (LIKE public.work INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE engagement (LIKE public.engagement INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE commit_seen (LIKE public.commit_seen INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE known_name (LIKE public.known_name INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE place (LIKE public.place INCLUDING ALL) ON COMMIT DROP;
CREATE TEMPORARY TABLE touched (LIKE public.touched INCLUDING ALL) ON COMMIT DROP
