-- Second half: the derived rows that are missing come. Returns the places they are in.
INSERT INTO public.deployment SELECT * FROM (SELECT * FROM pg_temp.deployment EXCEPT SELECT * FROM public.deployment) AS missing
RETURNING service, environment
