-- First half of a rebuild: the stored rows that differ from the derived ones go. Returns their number.
WITH deployment_gone AS (
  DELETE FROM public.deployment r USING (SELECT * FROM public.deployment EXCEPT SELECT * FROM pg_temp.deployment) AS wrong
  WHERE r.id = wrong.id RETURNING r.id), incident_gone AS (
  DELETE FROM public.incident r USING (SELECT * FROM public.incident EXCEPT SELECT * FROM pg_temp.incident) AS wrong
  WHERE r.id = wrong.id RETURNING r.id), flag_change_gone AS (
  DELETE FROM public.flag_change r USING (SELECT * FROM public.flag_change EXCEPT SELECT * FROM pg_temp.flag_change) AS wrong
  WHERE r.id = wrong.id RETURNING r.id), remedy_gone AS (
  DELETE FROM public.remedy r USING (SELECT * FROM public.remedy EXCEPT SELECT * FROM pg_temp.remedy) AS wrong
  WHERE r.id = wrong.id RETURNING r.id), work_gone AS (
  DELETE FROM public.work r USING (SELECT * FROM public.work EXCEPT SELECT * FROM pg_temp.work) AS wrong
  WHERE r.id = wrong.id RETURNING r.id), engagement_gone AS (
  DELETE FROM public.engagement r USING (SELECT * FROM public.engagement EXCEPT SELECT * FROM pg_temp.engagement) AS wrong
  WHERE r.id = wrong.id RETURNING r.id), commit_seen_gone AS (
  DELETE FROM public.commit_seen r USING (SELECT * FROM public.commit_seen EXCEPT SELECT * FROM pg_temp.commit_seen) AS wrong
  WHERE r.sha = wrong.sha RETURNING r.sha), known_name_gone AS (
  DELETE FROM public.known_name r USING (SELECT * FROM public.known_name EXCEPT SELECT * FROM pg_temp.known_name) AS wrong
  WHERE r.kind = wrong.kind AND r.name = wrong.name RETURNING r.name)
SELECT (SELECT count(*) FROM deployment_gone) + (SELECT count(*) FROM incident_gone) + (SELECT count(*) FROM flag_change_gone) + (SELECT count(*) FROM remedy_gone) + (SELECT count(*) FROM work_gone) + (SELECT count(*) FROM engagement_gone) + (SELECT count(*) FROM commit_seen_gone) + (SELECT count(*) FROM known_name_gone)
