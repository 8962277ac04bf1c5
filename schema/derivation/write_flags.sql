-- Replaces the touched flag changes ($1, $2: source, subject) with the rows $3-$11.
WITH now AS (
  SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[],
                       $11::timestamptz[])
    AS r (id, source, subject, service, environment, flag, incident, is_on, at)
), gone AS (
  DELETE FROM flag_change f USING unnest($1::text[], $2::text[]) AS t (source, subject)
  WHERE f.source = t.source AND f.subject = t.subject AND NOT EXISTS (SELECT FROM now WHERE now.id = f.id)
)
INSERT INTO flag_change SELECT * FROM now
ON CONFLICT (id) DO UPDATE SET service = excluded.service, environment = excluded.environment, flag = excluded.flag,
  incident = excluded.incident, is_on = excluded.is_on, at = excluded.at
