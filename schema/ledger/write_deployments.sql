-- What the touched things fold to. $1, $2: the things; $3: their rows now. Rows of places that no report names any
-- more go; the stack's columns stay until it runs again, unless the deployment is no longer a succeeded one. Returns
-- what changed.
WITH now AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb) AS r (
    id text, service text, environment text, source text, subject text, state text, created_at timestamptz,
    started_at timestamptz, finished_at timestamptz, version text, commit text, facts jsonb, commit_facts jsonb,
    overrides jsonb, production boolean, first_commit_at timestamptz)
), gone AS (
  DELETE FROM deployment d USING unnest($1::text[], $2::text[]) AS t (source, subject)
  WHERE d.source = t.source AND d.subject = t.subject AND NOT EXISTS (SELECT FROM now WHERE now.id = d.id)
  RETURNING d.id
), written AS (
  INSERT INTO deployment AS d (id, service, environment, source, subject, state, created_at, started_at, finished_at,
                               version, commit, facts, commit_facts, overrides, production, first_commit_at)
  SELECT * FROM now
  ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, created_at = excluded.created_at, started_at = excluded.started_at,
    finished_at = excluded.finished_at, version = excluded.version, commit = excluded.commit, facts = excluded.facts,
    commit_facts = excluded.commit_facts, overrides = excluded.overrides, production = excluded.production,
    first_commit_at = excluded.first_commit_at,
    kind = CASE WHEN excluded.state = 'succeeded' THEN d.kind END,
    kind_reason = CASE WHEN excluded.state = 'succeeded' THEN d.kind_reason END,
    kind_evidence = CASE WHEN excluded.state = 'succeeded' THEN d.kind_evidence ELSE '' END,
    is_change = d.is_change AND excluded.state = 'succeeded',
    live = CASE WHEN excluded.state = 'succeeded' THEN d.live END,
    below = CASE WHEN excluded.state = 'succeeded' THEN d.below END,
    covers_since = CASE WHEN excluded.state = 'succeeded' THEN d.covers_since END,
    rolled_back_by = CASE WHEN excluded.state = 'succeeded' THEN d.rolled_back_by END
  WHERE (d.state, d.created_at, d.started_at, d.finished_at, d.version, d.commit, d.facts, d.commit_facts, d.overrides,
         d.production, d.first_commit_at)
    IS DISTINCT FROM (excluded.state, excluded.created_at, excluded.started_at, excluded.finished_at, excluded.version,
         excluded.commit, excluded.facts, excluded.commit_facts, excluded.overrides, excluded.production,
         excluded.first_commit_at)
  RETURNING d.id
)
SELECT id FROM gone UNION ALL SELECT id FROM written
