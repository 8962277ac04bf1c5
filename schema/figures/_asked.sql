-- $1 labels, $2 begins, $3 ends (half-open) of the periods; $4 to $7 scope number, service and environment of each scope's
-- targets, and the time range in which each counts.
WITH period AS (
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS period (label, begins, ends)
), scope AS (
  SELECT n, array_agg(service) AS services, array_agg(environment) AS environments, array_agg(during) AS during
  FROM unnest($4::int[], $5::text[], $6::text[], $7::text[]::tstzrange[]) AS place (n, service, environment, during) GROUP BY n
)
