-- Replaces the rows of the touched commits $1 with $2-$14. Returns the naming columns of the commits that differ, before and now.
WITH now AS (
  SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[],
                       $10::text[], $11::timestamptz[], $12::text[], $13::timestamptz[], $14::bigint[])
    AS r (sha, repository, ref, title, pull_request, picked_from, merged_at, reached_at, told_in, told_at, parents, committed_at, lines_changed)
), before AS MATERIALIZED (
  SELECT * FROM commit_seen WHERE sha = ANY ($1::text[])
), gone AS (
  DELETE FROM commit_seen c WHERE c.sha = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM now WHERE now.sha = c.sha)
), written AS (
  INSERT INTO commit_seen AS c SELECT * FROM now
  ON CONFLICT (sha) DO UPDATE SET repository = excluded.repository, ref = excluded.ref, title = excluded.title,
    pull_request = excluded.pull_request, picked_from = excluded.picked_from, merged_at = excluded.merged_at,
    reached_at = excluded.reached_at, told_in = excluded.told_in, told_at = excluded.told_at,
    parents = excluded.parents, committed_at = excluded.committed_at, lines_changed = excluded.lines_changed
  WHERE (c.*) IS DISTINCT FROM (excluded.*)
)
SELECT DISTINCT sha, repository, ref, title, pull_request, picked_from, parents IS NOT NULL AS has_parents FROM (
  (SELECT * FROM before EXCEPT SELECT * FROM now) UNION ALL (SELECT * FROM now EXCEPT SELECT * FROM before)) AS differs
