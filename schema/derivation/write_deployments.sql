-- Inserts or updates deployments with their reported values and the verdict of the live stack ($1-$33: one array per column).
INSERT INTO deployment AS d (id, state, created_at, started_at, finished_at, version, commit, facts, commit_facts,
                            overrides, production, first_commit_at, tag_version, commit_tokens, version_key,
                            identity_keys, identity, commit_known, repository, awaited_commit, service, environment, source, subject, kind,
                            kind_reason, kind_evidence, is_change, live, below, covers_since, rolled_back_by, day_order)
SELECT id, state, created_at, started_at, finished_at, version, commit, facts, commit_facts, overrides,
       production, first_commit_at, tag_version, commit_tokens, version_key, identity_keys, identity, commit_known, repository, awaited_commit,
       service, environment, source, subject, kind, nullif(kind_reason, ''), kind_evidence, is_change, nullif(live, ''), nullif(below, ''),
       covers_since, nullif(rolled_back_by, ''), day_order
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[],
            $8::jsonb[], $9::jsonb[], $10::jsonb[], $11::boolean[], $12::timestamptz[], $13::text[], $14::text[],
            $15::text[], $16::text[], $17::jsonb[], $18::boolean[], $19::text[], $20::text[], $21::text[], $22::text[],
            $23::text[], $24::text[], $25::text[], $26::text[], $27::text[], $28::boolean[], $29::text[], $30::text[],
            $31::timestamptz[], $32::text[], $33::text[])
  AS r (id, state, created_at, started_at, finished_at, version, commit, facts, commit_facts, overrides, production,
        first_commit_at, tag_version, commit_tokens, version_key, identity_keys, identity, commit_known, repository, awaited_commit, service,
        environment, source, subject, kind, kind_reason, kind_evidence, is_change, live, below, covers_since, rolled_back_by, day_order)
ON CONFLICT (id) DO UPDATE SET
  state = excluded.state, created_at = excluded.created_at, started_at = excluded.started_at, finished_at =
  excluded.finished_at, version = excluded.version, commit = excluded.commit, facts = excluded.facts, commit_facts =
  excluded.commit_facts, overrides = excluded.overrides, production = excluded.production, first_commit_at =
  excluded.first_commit_at, tag_version = excluded.tag_version, commit_tokens = excluded.commit_tokens, version_key =
  excluded.version_key, identity_keys = excluded.identity_keys, identity = excluded.identity, commit_known =
  excluded.commit_known, repository = excluded.repository, awaited_commit =
  excluded.awaited_commit, kind =
  excluded.kind, kind_reason = excluded.kind_reason, kind_evidence = excluded.kind_evidence, is_change =
  excluded.is_change, live = excluded.live, below = excluded.below, covers_since = excluded.covers_since, rolled_back_by = excluded.rolled_back_by, day_order = excluded.day_order
