-- Columns of an incident i that remediation and failure derivation read.
i.id, i.source, i.subject, i.service, i.environment, i.production, i.blamed,
microseconds(i.started_at) AS started_at, microseconds(i.detected_at) AS detected_at,
microseconds(i.restored_at) AS restored_at,
(SELECT coalesce(jsonb_agg(jsonb_build_object('from', lower(s), 'until', upper(s)) ORDER BY s), '[]')
 FROM unnest(i.stretches) AS s) AS stretches
