UPDATE incident i SET decided_at = r.decided_at, decided_way = r.decided_way, recommended = r.recommended, policy = r.policy,
  is_against_policy = r.is_against_policy, is_closed_too_early = r.is_closed_too_early
FROM jsonb_to_recordset($1::jsonb) AS r (
  id text, decided_at timestamptz, decided_way text, recommended text, policy text, is_against_policy boolean, is_closed_too_early boolean)
WHERE i.id = r.id AND (i.decided_at, i.decided_way, i.recommended, i.policy, i.is_against_policy, i.is_closed_too_early)
  IS DISTINCT FROM (r.decided_at, r.decided_way, r.recommended, r.policy, r.is_against_policy, r.is_closed_too_early)
RETURNING i.service, i.environment
