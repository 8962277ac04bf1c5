-- Finds incidents by row id or sender's id: one row for each service. The ids that members had before they were joined also
-- find the incident.
SELECT to_jsonb(m) AS found FROM (
  SELECT i.id, i.source, i.subject, i.service, i.environment, i.production, i.state, i.severity, i.started_at, i.detected_at,
         i.acknowledged_at, i.restored_at, i.resolved_at, i.culprit, i.blamed, i.reason, i.decided_at, i.decided_way,
         i.recommended, i.policy, i.is_against_policy, i.is_closed_too_early, i.facts, i.overrides,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('from', lower(s), 'until', upper(s)) ORDER BY s), '[]')
          FROM unnest(i.stretches) AS s) AS stretches,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('source', m.source, 'subject', m.subject, 'ids', n.ids, 'url', nullif(n.url, ''),
                                                       'evidence', nullif(m.evidence, ''), 'only_adds_facts', m.only_adds_facts)
                                    ORDER BY m.position), '[]')
          FROM incident_member m LEFT JOIN incident_name n USING (source, subject)
          WHERE m.joined_source = i.source AND m.joined_subject = i.subject) AS members,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('way', r.way, 'by', r.by, 'change', r.change, 'started_at', r.started_at) ORDER BY r.started_at, r.by), '[]')
          FROM remedy r WHERE r.change = i.blamed OR (r.incident_source = i.source AND r.incident_subject = i.subject)) AS remedies,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('method', e.method, 'person', e.person, 'from', coalesce(lower(e.during), e.at),
                                                       'until', upper(e.during), 'seconds', e.seconds) ORDER BY e.at, e.id), '[]')
          FROM engagement e WHERE e.thing = 'incident' AND e.source = i.source AND e.subject = i.subject AND e.service = i.service) AS work
  FROM incident i JOIN (
    SELECT source, subject, id FROM incident WHERE id = $1
    UNION SELECT joined_source, joined_subject, NULL FROM incident_member WHERE subject = $1
    UNION
    SELECT m.joined_source, m.joined_subject, NULL FROM incident_name n JOIN incident_member m USING (source, subject)
    WHERE n.ids ? $1 AND NOT EXISTS (SELECT FROM incident WHERE id = $1)
  ) AS found (source, subject, id) ON found.source = i.source AND found.subject = i.subject AND coalesce(found.id, i.id) = i.id
) AS m
ORDER BY m.started_at, m.source, m.subject, m.service
LIMIT 20
