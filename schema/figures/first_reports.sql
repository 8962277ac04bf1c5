-- For each of the services $1 with a reported review or merge-back (of a deployment or an incident): when the first review was held, and
-- when the first merge-back was merged.
SELECT service, microseconds(min(review)) AS reviewed_at, microseconds(min(merge)) AS merged_at
FROM (
  SELECT service, (facts ->> 'review_held_at')::timestamptz AS review, NULL::timestamptz AS merge
  FROM deployment WHERE facts ? 'review_held_at' AND service = ANY ($1::text[])
  UNION ALL
  SELECT service, (facts ->> 'review_held_at')::timestamptz, NULL FROM incident WHERE facts ? 'review_held_at' AND service = ANY ($1::text[])
  UNION ALL
  SELECT service, NULL, (facts ->> 'merged_back_at')::timestamptz
  FROM deployment WHERE facts ? 'merged_back_at' AND service = ANY ($1::text[])) AS reported
GROUP BY service
