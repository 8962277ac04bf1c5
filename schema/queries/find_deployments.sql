-- Finds deployments by public id, sender's id or version. Versions match without a leading v, and without build metadata if one of
-- both lacks it. The row of a group, which is found only by its id, has the events and incidents of its members.
SELECT to_jsonb(m) AS found FROM (
  SELECT d.id, d.service, d.environment, d.source, d.subject, d.state, d.created_at, d.started_at, d.finished_at, d.first_commit_at,
         d.version, d.commit, d.kind, d.kind_reason, d.kind_evidence, d.is_change, d.live, d.below, d.rolled_back_by,
         d.failed, d.issue_at, d.recovered_at, d.first_remedy, d.response_from AS detected_at,
         d.cause, d.is_justified, d.is_attributed, d.owes_merge, d.merged_back_at, d.lines_changed, d.done,
         d.awaited_commit, d.facts, d.commit_facts, d.overrides, d.identity, nullif(d.release, '') AS release,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'source', m.source, 'subject', m.subject, 'environment', m.environment) ORDER BY m.finished_at, m.day_order, m.source, m.subject), '[]')
          FROM deployment m WHERE d.is_release AND m.release = d.id) AS members,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('way', r.way, 'by', r.by, 'started_at', r.started_at) ORDER BY r.started_at, r.by), '[]')
          FROM remedy r WHERE r.change = ANY (own.ids)) AS remedied_by,
         (SELECT coalesce(jsonb_agg(r.change ORDER BY r.change), '[]') FROM remedy r WHERE r.by = ANY (own.ids) AND r.change IS NOT NULL) AS remedies,
         (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('source', i.source, 'subject', i.subject, 'severity', i.severity,
                                                                'is_named', i.source = r.incident_source AND i.subject = r.incident_subject)), '[]')
          FROM remedy r JOIN incident i ON i.production
           AND ((i.source = r.incident_source AND i.subject = r.incident_subject) OR (i.blamed = r.change AND i.stretches @> r.started_at))
          WHERE r.by = ANY (own.ids)) AS answers,
         (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('source', i.source, 'subject', i.subject)), '[]')
          FROM incident i WHERE i.blamed = ANY (own.ids)) AS blamed_by
  FROM deployment d
  CROSS JOIN LATERAL (
    SELECT CASE WHEN d.is_release THEN ARRAY(SELECT m.id FROM deployment m WHERE m.release = d.id) ELSE ARRAY[d.id] END AS ids) AS own
  WHERE d.id = $1 OR (d.subject = $1 AND NOT d.is_release)
     OR (NOT d.is_release AND d.version_key <> '' AND d.version_key = lookup_key($1)
         AND (d.version = $1 OR (strpos($1, '@') = 0
              AND (strpos(d.version, '+') = 0 OR strpos($1, '+') = 0 OR ltrim(d.version, 'vV') = ltrim($1, 'vV')))))
) AS m
ORDER BY m.finished_at NULLS LAST, m.source, m.subject, m.service, m.environment
LIMIT 20
