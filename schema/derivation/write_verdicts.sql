-- Stores the verdicts of the live stack for deployments whose reported values did not change.
UPDATE deployment d SET kind = r.kind, kind_reason = r.kind_reason, kind_evidence = r.kind_evidence, is_change = r.is_change,
  live = nullif(r.live, ''), below = nullif(r.below, ''), covers_since = r.covers_since, rolled_back_by = nullif(r.rolled_back_by, '')
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::timestamptz[], $9::text[])
  AS r (id, kind, kind_reason, kind_evidence, is_change, live, below, covers_since, rolled_back_by)
WHERE d.id = r.id
