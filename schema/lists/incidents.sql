-- A page of incidents, latest first. $1: filters, with `services`: the names to read, `groups`: the members of groups; $2: key of the
-- previous page's last row as [started_at, id], or null; $3: page size.
SELECT i.*
FROM jsonb_array_elements_text($1::jsonb -> 'services') AS s (service)
CROSS JOIN LATERAL (
  SELECT i.id, i.service, i.environment, i.source, i.subject, i.state, i.severity, i.started_at, i.detected_at, i.acknowledged_at,
         i.restored_at, i.resolved_at, i.culprit,
         -- the row of a group, unless one of its members is selected
         CASE WHEN b.release <> '' AND coalesce($1::jsonb -> 'groups' ? ($1::jsonb ->> 'environment'), true) THEN b.release ELSE i.blamed END AS blamed,
         i.reason, i.decided_way, i.recommended, i.is_against_policy,
         i.is_closed_too_early, i.facts ->> 'title' AS title, i.facts ->> 'url' AS url
  FROM incident i LEFT JOIN deployment b ON b.id = i.blamed
  WHERE i.service = s.service
    AND ($1::jsonb ->> 'environment' IS NULL OR i.environment = $1::jsonb ->> 'environment' 
         OR $1::jsonb -> 'groups' -> ($1::jsonb ->> 'environment') ? i.environment)
    AND ($1::jsonb ->> 'state' IS NULL OR i.state = $1::jsonb ->> 'state')
    AND ($1::jsonb ->> 'severity' IS NULL OR i.severity::text = $1::jsonb ->> 'severity')
    AND i.started_at >= coalesce(($1::jsonb ->> 'since')::timestamptz, '-infinity')
    AND i.started_at < coalesce(($1::jsonb ->> 'until')::timestamptz, 'infinity')
    AND ($2::jsonb IS NULL OR (i.started_at, i.id) < (($2::jsonb ->> 0)::timestamptz, $2::jsonb ->> 1))
  ORDER BY i.started_at DESC, i.id DESC
  LIMIT $3::bigint
) AS i
ORDER BY i.started_at DESC, i.id DESC
LIMIT $3::bigint
