-- Returns the known reports of alerts (daemon/timeline/placement.hpp): for each source $1 and fingerprint $2, those of incident $3
-- and of the incidents that began last. Two limited index lookups per alert, however often it fired.
SELECT DISTINCT s.source, s.fingerprint, r.subject, r.state, microseconds(r.time) AS time, microseconds(r.received_at) AS received_at, r.resolved_at
FROM unnest($1::text[], $2::text[], $3::text[]) AS s (source, fingerprint, subject)
CROSS JOIN LATERAL (
  (SELECT e.subject, e.fields->>'state' AS state, e.time, e.received_at, e.fields->>'resolved_at' AS resolved_at
   FROM event e
   WHERE e.thing = 'incident' AND e.source = s.source AND e.subject = s.subject AND e.type = 'incident' AND NOT e.is_override
   ORDER BY e.received_at DESC LIMIT 50)
  UNION ALL
  (SELECT e.subject, e.fields->>'state', e.time, e.received_at, e.fields->>'resolved_at'
   FROM event e
   WHERE e.thing = 'incident' AND e.source = s.source AND e.subject > s.fingerprint || '/' AND e.subject < s.fingerprint || '0'
     AND e.type = 'incident' AND NOT e.is_override
   ORDER BY e.subject DESC LIMIT 50)
) AS r
WHERE r.state IN ('open', 'resolved')
ORDER BY received_at
