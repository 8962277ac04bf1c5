-- The ledger's own gauges. $1: cardinality limit of names of a kind, $2: the derivation_version whose rules are compared.
SELECT (SELECT count(*) FROM delivery WHERE outcome = 'dead') AS dead,
       (SELECT count(*) FROM delivery WHERE outcome = 'accepted' AND detail <> '') AS partly_dead,
       (SELECT count(*) FROM deployment WHERE service = '') AS unplaced,
       -- the difference of queue numbers: counting rows would take longer the longer the queue is
       (SELECT coalesce(max(n) - min(n) + 1, 0) FROM touched) AS underived,
       (SELECT greatest(0, count(*) - $1::bigint) FROM known_name WHERE kind = 'service') AS other_services,
       -- names in production have places of their own
       (SELECT greatest(0, count(*) FILTER (WHERE kind = 'environment') - $1::bigint)
             + greatest(0, count(*) FILTER (WHERE kind = 'production') - $1::bigint) FROM known_name) AS other_environments,
       (SELECT greatest(0, count(*) - $1::bigint) FROM known_name WHERE kind = 'team') AS other_teams,
       coalesce((SELECT fingerprint FROM derived_by WHERE version = $2::integer), '') AS derived_by
