-- The given places got other figures; those that no deployment names any more go.
WITH given AS (
  SELECT p.service, p.environment,
         EXISTS (SELECT FROM deployment d WHERE d.service = p.service AND d.environment = p.environment) AS known
  FROM unnest($1::text[], $2::text[]) AS p (service, environment)
), gone AS (
  DELETE FROM place USING given
  WHERE NOT given.known AND place.service = given.service AND place.environment = given.environment
)
INSERT INTO place (service, environment, generation)
SELECT service, environment, nextval('place_generation') FROM given WHERE known
ON CONFLICT (service, environment) DO UPDATE SET generation = excluded.generation
