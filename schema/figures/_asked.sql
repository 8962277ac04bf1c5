-- $1 labels, $2 begins, $3 ends (half-open) of the periods; $4, $5, $6 number, service and environment of the places that
-- make up each scope.
WITH period AS (
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS period (label, begins, ends)
), scope AS (
  SELECT n, array_agg(service) AS services, array_agg(environment) AS environments
  FROM unnest($4::int[], $5::text[], $6::text[]) AS place (n, service, environment) GROUP BY n
)
