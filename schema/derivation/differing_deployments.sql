-- Returns the ids of the given deployments ($1-$20: reported values, one array per column) whose stored rows differ.
SELECT id
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[],
            $8::jsonb[], $9::jsonb[], $10::jsonb[], $11::boolean[], $12::timestamptz[], $13::text[], $14::text[], $15::text[],
            $16::text[], $17::jsonb[], $18::boolean[], $19::text[], $20::text[])
  AS r (id, state, created_at, started_at, finished_at, version, commit, facts, commit_facts, overrides, production,
        first_commit_at, tag_version, commit_tokens, version_key, identity_keys, identity, commit_known, repository,
        awaited_commit)
JOIN deployment d USING (id)
WHERE (d.state, d.created_at, d.started_at, d.finished_at, d.version, d.commit, d.facts, d.commit_facts, d.overrides,
       d.production, d.first_commit_at, d.tag_version, d.commit_tokens, d.version_key, d.identity_keys, d.identity,
       d.commit_known, d.repository, d.awaited_commit)
  IS DISTINCT FROM (r.state, r.created_at, r.started_at, r.finished_at, r.version, r.commit, r.facts,
                    r.commit_facts, r.overrides, r.production, r.first_commit_at, r.tag_version, r.commit_tokens,
                    r.version_key, r.identity_keys, r.identity, r.commit_known, r.repository, r.awaited_commit)
