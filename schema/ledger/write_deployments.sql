-- What the reports of deployments say, and the verdict of the live stack: $1 rows.
INSERT INTO deployment AS d (
  id, service, environment, source, subject, state, created_at, started_at, finished_at, version, commit, facts,
  commit_facts, overrides, production, first_commit_at, kind, kind_reason, kind_evidence, is_change, live, below,
  covers_since, rolled_back_by)
SELECT *
FROM jsonb_to_recordset($1::jsonb) AS r (
  id text, service text, environment text, source text, subject text, state text, created_at timestamptz,
  started_at timestamptz, finished_at timestamptz, version text, commit text, facts jsonb, commit_facts jsonb,
  overrides jsonb, production boolean, first_commit_at timestamptz, kind text, kind_reason text, kind_evidence text,
  is_change boolean, live text, below text, covers_since timestamptz, rolled_back_by text)
ON CONFLICT (id) DO UPDATE SET
  state = excluded.state, created_at = excluded.created_at, started_at = excluded.started_at,
  finished_at = excluded.finished_at, version = excluded.version, commit = excluded.commit, facts = excluded.facts,
  commit_facts = excluded.commit_facts, overrides = excluded.overrides, production = excluded.production,
  first_commit_at = excluded.first_commit_at, kind = excluded.kind, kind_reason = excluded.kind_reason,
  kind_evidence = excluded.kind_evidence, is_change = excluded.is_change, live = excluded.live, below = excluded.below,
  covers_since = excluded.covers_since, rolled_back_by = excluded.rolled_back_by
