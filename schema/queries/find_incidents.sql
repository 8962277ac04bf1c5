-- By row id or by the sender's own name: one row for each service.
SELECT to_jsonb(m) AS found FROM (
  SELECT i.id, i.source, i.subject, i.service, i.environment, i.production, i.state, i.severity, i.started_at, i.detected_at,
         i.acknowledged_at, i.restored_at, i.resolved_at, i.culprit, i.blamed, i.reason, i.decided_at, i.decided_way,
         i.recommended, i.policy, i.is_against_policy, i.is_closed_too_early, i.facts, i.overrides,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('from', lower(s), 'until', upper(s)) ORDER BY s), '[]')
          FROM unnest(i.stretches) AS s) AS stretches,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('way', r.way, 'by', r.by, 'change', r.change, 'started_at', r.started_at) ORDER BY r.started_at, r.by), '[]')
          FROM remedy r WHERE r.change = i.blamed OR (r.incident_source = i.source AND r.incident_subject = i.subject)) AS remedies,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('method', e.method, 'person', e.person, 'from', coalesce(lower(e.during), e.at),
                                                       'until', upper(e.during), 'seconds', e.seconds) ORDER BY e.at, e.id), '[]')
          FROM engagement e WHERE e.thing = 'incident' AND e.source = i.source AND e.subject = i.subject AND e.service = i.service) AS work
  FROM incident i WHERE i.id = $1 OR i.subject = $1
) AS m
ORDER BY m.started_at, m.source, m.subject, m.service
LIMIT 20
