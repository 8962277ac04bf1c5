-- As deployments.sql, of hotfixes, with what they answer and what is left to be done about them.
SELECT d.*
FROM jsonb_array_elements_text($1::jsonb -> 'services') AS s (service)
CROSS JOIN LATERAL (
  SELECT d.id, d.service, d.environment, d.source, d.subject, d.version, d.commit, d.kind_reason, d.kind_evidence, d.started_at,
         d.finished_at, d.cause, d.facts ->> 'justification' AS justification, d.is_justified, d.is_attributed,
         (SELECT r.change FROM remedy r WHERE r.by = d.id AND r.change IS NOT NULL ORDER BY r.change LIMIT 1) AS remedies,
         d.facts ->> 'incident' AS incident, d.response_from AS detected_at, d.lines_changed, d.owes_merge, d.merged_back_at,
         d.facts ->> 'review_held_at' AS review_held_at, d.rolled_back_by, d.failed,
         coalesce(d.facts ->> 'title', d.commit_facts ->> 'title') AS title, d.facts ->> 'url' AS url,
         coalesce(d.finished_at, d.started_at, d.created_at, 'epoch') AS at
  FROM deployment d
  WHERE d.service = s.service AND d.kind = 'hotfix'
    AND ($1::jsonb ->> 'environment' IS NULL OR d.environment = $1::jsonb ->> 'environment')
    AND ($1::jsonb ->> 'cause' IS NULL OR d.cause = $1::jsonb ->> 'cause')
    AND coalesce(d.finished_at, d.started_at, d.created_at, 'epoch') >= coalesce(($1::jsonb ->> 'since')::timestamptz, '-infinity')
    AND coalesce(d.finished_at, d.started_at, d.created_at, 'epoch') < coalesce(($1::jsonb ->> 'until')::timestamptz, 'infinity')
    AND ($2::jsonb IS NULL OR (coalesce(d.finished_at, d.started_at, d.created_at, 'epoch'), d.id) < (($2::jsonb ->> 0)::timestamptz, $2::jsonb ->> 1))
  ORDER BY coalesce(d.finished_at, d.started_at, d.created_at, 'epoch') DESC, d.id DESC
  LIMIT $3::bigint
) AS d
ORDER BY d.at DESC, d.id DESC
LIMIT $3::bigint
