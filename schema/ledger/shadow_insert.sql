-- Second half: the derived rows that are missing come. Returns their number.
WITH deployment_came AS (
  INSERT INTO public.deployment SELECT * FROM (SELECT * FROM pg_temp.deployment EXCEPT SELECT * FROM public.deployment) AS missing RETURNING id), incident_came AS (
  INSERT INTO public.incident SELECT * FROM (SELECT * FROM pg_temp.incident EXCEPT SELECT * FROM public.incident) AS missing RETURNING id), flag_change_came AS (
  INSERT INTO public.flag_change SELECT * FROM (SELECT * FROM pg_temp.flag_change EXCEPT SELECT * FROM public.flag_change) AS missing RETURNING id), remedy_came AS (
  INSERT INTO public.remedy SELECT * FROM (SELECT * FROM pg_temp.remedy EXCEPT SELECT * FROM public.remedy) AS missing RETURNING id), work_came AS (
  INSERT INTO public.work SELECT * FROM (SELECT * FROM pg_temp.work EXCEPT SELECT * FROM public.work) AS missing RETURNING id), engagement_came AS (
  INSERT INTO public.engagement SELECT * FROM (SELECT * FROM pg_temp.engagement EXCEPT SELECT * FROM public.engagement) AS missing RETURNING id), commit_seen_came AS (
  INSERT INTO public.commit_seen SELECT * FROM (SELECT * FROM pg_temp.commit_seen EXCEPT SELECT * FROM public.commit_seen) AS missing RETURNING sha), known_name_came AS (
  INSERT INTO public.known_name SELECT * FROM (SELECT * FROM pg_temp.known_name EXCEPT SELECT * FROM public.known_name) AS missing RETURNING name)
SELECT (SELECT count(*) FROM deployment_came) + (SELECT count(*) FROM incident_came) + (SELECT count(*) FROM flag_change_came) + (SELECT count(*) FROM remedy_came) + (SELECT count(*) FROM work_came) + (SELECT count(*) FROM engagement_came) + (SELECT count(*) FROM commit_seen_came) + (SELECT count(*) FROM known_name_came)
