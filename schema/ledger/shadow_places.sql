-- And the places: a rebuild that changed anything makes every reader read again.
WITH gone AS (
  DELETE FROM public.place p WHERE NOT EXISTS (
    SELECT FROM pg_temp.place s WHERE s.service = p.service AND s.environment = p.environment)
)
INSERT INTO public.place SELECT service, environment, nextval('place_generation'), production, team FROM pg_temp.place
ON CONFLICT (service, environment) DO UPDATE
SET generation = excluded.generation, production = excluded.production, team = excluded.team
