-- Firefighting (figures.md 8) in person-seconds by method: $1 labels, $2 begins, $3 ends (half-open) of the periods; $4 to
-- $9 scope number, service, environment, time range, crew and whether it is the service's first environment, for each scope's
-- places; $10, $11 the services of every crew (a team, or a service without a team).
-- A person counts once at a time, under the strongest method. Work of unknown people counts as one anonymous person of the
-- crew, only while no known person of that crew works.
WITH period AS (
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS period (label, begins, ends)
), scope AS (
  SELECT * FROM unnest($4::int[], $5::text[], $6::text[], $7::text[]::tstzrange[], $8::text[], $9::boolean[])
    AS scope (n, service, environment, during, crew, is_first)
), member AS (
  SELECT * FROM unnest($10::text[], $11::text[]) AS member (crew, service)
), stretch AS (
  SELECT e.service, e.environment, e.method, e.person, period.label, e.during * tstzrange(period.begins, period.ends) AS during
  FROM (SELECT DISTINCT service FROM member) AS m
  CROSS JOIN LATERAL (SELECT * FROM engagement e WHERE e.service = m.service OFFSET 0) AS e  -- OFFSET: incidents.sql
  JOIN period ON e.during && tstzrange(period.begins, period.ends)
), known AS (
  SELECT member.crew, stretch.label, range_agg(stretch.during) AS busy
  FROM member JOIN stretch USING (service) WHERE stretch.person <> '' GROUP BY member.crew, stretch.label
), mine AS (
  SELECT scope.n, scope.crew, stretch.label, stretch.person, stretch.method, range_agg(stretch.during * scope.during) AS during
  FROM scope JOIN stretch ON stretch.service = scope.service
   AND (stretch.environment = scope.environment OR (stretch.environment = '' AND scope.is_first))
  GROUP BY scope.n, scope.crew, stretch.label, stretch.person, stretch.method
), net AS (
  SELECT mine.n, mine.label, mine.method,
         mine.during - coalesce(reported.during, '{}') - coalesce(engaged.during, '{}')
           - CASE WHEN mine.person = '' THEN coalesce(known.busy, '{}') ELSE '{}' END AS during
  FROM mine
  LEFT JOIN mine AS reported ON mine.method <> 'reported' AND reported.method = 'reported'
   AND (reported.n, reported.label, reported.person) = (mine.n, mine.label, mine.person)
  LEFT JOIN mine AS engaged ON mine.method = 'duration' AND engaged.method = 'engaged'
   AND (engaged.n, engaged.label, engaged.person) = (mine.n, mine.label, mine.person)
  LEFT JOIN known ON known.crew = mine.crew AND known.label = mine.label
), second AS (
  SELECT net.n, net.label, net.method, extract(epoch FROM upper(s) - lower(s)) AS seconds FROM net CROSS JOIN unnest(net.during) AS s
  UNION ALL  -- work without a time: each piece counts once in a scope
  SELECT n, label, method, seconds FROM (
    SELECT DISTINCT scope.n, period.label, e.method, e.piece, e.seconds
    FROM scope CROSS JOIN LATERAL (
      SELECT * FROM engagement e
      WHERE e.service = scope.service AND e.seconds IS NOT NULL
        AND (e.environment = scope.environment OR (e.environment = '' AND scope.is_first)) OFFSET 0) AS e
    JOIN period ON e.at >= period.begins AND e.at < period.ends AND scope.during @> e.at) AS pieces
)
SELECT scope.n, period.label,
       coalesce(sum(s.seconds) FILTER (WHERE s.method = 'reported'), 0)::float8 AS fire_reported,
       coalesce(sum(s.seconds) FILTER (WHERE s.method = 'engaged'), 0)::float8 AS fire_engaged,
       coalesce(sum(s.seconds) FILTER (WHERE s.method = 'duration'), 0)::float8 AS fire_duration
FROM (SELECT DISTINCT n FROM scope) AS scope CROSS JOIN period
LEFT JOIN second s ON s.n = scope.n AND s.label = period.label
GROUP BY scope.n, period.label
