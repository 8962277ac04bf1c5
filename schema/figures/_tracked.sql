-- $1 to $4 scope number, service, environment and time range of each scope's targets; $5 now; $6 horizon of follow-ups in seconds;
-- $7, $8 seconds until a review and a merge-back are due; for each target: $9 start of the tracking of its reviews, $10 start of the
-- tracking of merge-backs that deployments report themselves (null: never), $11 whether an incident source knows it.
WITH scope AS (
  SELECT *, $5::timestamptz AS now, $5::timestamptz - make_interval(secs => $6::float8) AS horizon, $5::timestamptz - interval '90 days' AS begins,
         make_interval(secs => $7::float8) AS review_due, make_interval(secs => $8::float8) AS merge_due
  FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]::tstzrange[], $9::timestamptz[], $10::timestamptz[], $11::boolean[])
    AS scope (n, service, environment, during, reviews_since, merges_since, has_source)
)
