-- The work intervals that overlap one period. $1 begin, $2 end, $3 to $6 service, environment and time range of the targets,
-- and whether it is the service's first environment, in which work without an environment counts.
SELECT to_jsonb(m) AS member FROM (
  SELECT DISTINCT e.method, e.person, e.thing, e.source, e.subject, e.service, coalesce(lower(e.during), e.at) AS begins,
         upper(e.during) AS ends, e.seconds
  FROM unnest($3::text[], $4::text[], $5::text[]::tstzrange[], $6::boolean[]) AS place (service, environment, during, is_first)
  JOIN engagement e ON e.service = place.service
   AND (e.environment = place.environment OR (e.environment = '' AND place.is_first))
   AND (e.during && tstzrange($1::timestamptz, $2::timestamptz) * place.during
        OR (e.seconds IS NOT NULL AND e.at >= $1::timestamptz AND e.at < $2::timestamptz AND place.during @> e.at))
) AS m
ORDER BY m.begins, m.method, m.person, m.source, m.subject, m.service
