-- Which of the given deployments ($1: what their reports say) are stored otherwise.
SELECT id
FROM jsonb_to_recordset($1::jsonb) AS r (
  id text, state text, created_at timestamptz, started_at timestamptz, finished_at timestamptz, version text, commit text,
  facts jsonb, commit_facts jsonb, overrides jsonb, production boolean, first_commit_at timestamptz)
JOIN deployment d USING (id)
WHERE (d.state, d.created_at, d.started_at, d.finished_at, d.version, d.commit, d.facts, d.commit_facts, d.overrides,
       d.production, d.first_commit_at)
  IS DISTINCT FROM (r.state, r.created_at, r.started_at, r.finished_at, r.version, r.commit, r.facts, r.commit_facts,
       r.overrides, r.production, r.first_commit_at)
