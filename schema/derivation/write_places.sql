-- Updates the given targets ($1: service, $2: environment, $3: production), whose figures changed, and the other targets of their
-- services, because a team belongs to the service. Each gets a new generation. Targets without any deployment, incident or work
-- are deleted.
WITH given AS (
  SELECT service, environment, bool_or(production) AS production FROM (
    SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[]) AS p (service, environment, production)
    UNION ALL
    SELECT p.service, p.environment, p.production FROM place p
    WHERE p.service = ANY ($1::text[])
      AND NOT EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS g (service, environment)
                      WHERE g.service = p.service AND g.environment = p.environment)
    UNION ALL
    SELECT e.service, 'production', true FROM engagement e WHERE e.service = ANY ($1::text[]) AND e.environment = '') AS p
  WHERE environment <> '' GROUP BY service, environment
), judged AS (
  SELECT p.*,
         (p.service <> '' AND EXISTS (SELECT FROM deployment d WHERE d.service = p.service AND d.environment = p.environment))
         OR EXISTS (SELECT FROM incident i WHERE i.service = p.service AND i.environment = p.environment)
         OR (p.environment = 'production'
             AND EXISTS (SELECT FROM engagement e WHERE e.service = p.service AND e.environment = '')
             AND NOT EXISTS (SELECT FROM deployment d WHERE d.service = p.service AND d.production)
             AND NOT EXISTS (SELECT FROM incident i WHERE i.service = p.service AND i.production)) AS known,
         coalesce((SELECT d.facts->>'team' FROM deployment d WHERE d.service = p.service AND d.facts ? 'team'
                   ORDER BY d.finished_at DESC NULLS LAST, d.id DESC LIMIT 1), '') AS team
  FROM given p
), gone AS (
  DELETE FROM place USING judged
  WHERE NOT judged.known AND place.service = judged.service AND place.environment = judged.environment
)
INSERT INTO place (service, environment, generation, production, team)
SELECT service, environment, nextval('place_generation'), production, team FROM judged WHERE known
ON CONFLICT (service, environment) DO UPDATE
SET generation = excluded.generation, production = excluded.production, team = excluded.team
