-- $1 to $4 number, service, environment and time of the places that make up each scope; $5 now; $6 for how many seconds follow-ups
-- look back; $7, $8 after how many seconds a review and a merge-back are due; for each place $9 since when its reviews are tracked,
-- $10 since when deployments say themselves that they were merged back (null: never), $11 whether a source of incidents knows it.
WITH scope AS (
  SELECT *, $5::timestamptz AS now, $5::timestamptz - make_interval(secs => $6::float8) AS horizon, $5::timestamptz - interval '90 days' AS begins,
         make_interval(secs => $7::float8) AS review_due, make_interval(secs => $8::float8) AS merge_due
  FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]::tstzrange[], $9::timestamptz[], $10::timestamptz[], $11::boolean[])
    AS scope (n, service, environment, during, reviews_since, merges_since, has_source)
)
