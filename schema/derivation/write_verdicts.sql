UPDATE deployment d SET kind = r.kind, kind_reason = r.kind_reason, kind_evidence = r.kind_evidence, is_change = r.is_change, live = r.live,
  below = r.below, covers_since = r.covers_since, rolled_back_by = r.rolled_back_by
FROM jsonb_to_recordset($1::jsonb) AS r (
  id text, kind text, kind_reason text, kind_evidence text, is_change boolean, live text, below text, covers_since timestamptz, rolled_back_by text)
WHERE d.id = r.id
