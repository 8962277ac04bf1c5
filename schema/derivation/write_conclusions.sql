-- Stores the conclusions about incidents. Returns the targets of the rows that differed.
UPDATE incident i SET decided_at = r.decided_at, decided_way = r.decided_way, recommended = r.recommended, policy = r.policy,
  is_against_policy = r.is_against_policy, is_closed_too_early = r.is_closed_too_early
FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::boolean[])
  AS r (id, decided_at, decided_way, recommended, policy, is_against_policy, is_closed_too_early)
WHERE i.id = r.id AND (i.decided_at, i.decided_way, i.recommended, i.policy, i.is_against_policy, i.is_closed_too_early)
  IS DISTINCT FROM (r.decided_at, r.decided_way, r.recommended, r.policy, r.is_against_policy, r.is_closed_too_early)
RETURNING i.service, i.environment
