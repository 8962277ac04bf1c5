-- A page of deployments, latest first. $1: filters, with `services`: the names to read; $2: key of the previous page's last row as
-- [at, id], or null; $3: page size.
SELECT d.id, d.service, d.environment, d.source, d.subject, d.state, d.version, d.commit, d.kind, d.kind_reason, d.kind_evidence,
       d.is_change, d.started_at, d.finished_at, d.failed, d.issue_at, d.recovered_at, d.first_remedy,
       -- the row of a group refers to rows of the group, not to those of its members
       CASE WHEN d.is_release THEN (SELECT nullif(m.release, '') FROM deployment m WHERE m.id = d.live) ELSE d.live END AS live,
       CASE WHEN d.is_release THEN (SELECT nullif(m.release, '') FROM deployment m WHERE m.id = d.rolled_back_by) ELSE d.rolled_back_by END AS rolled_back_by,
       coalesce(d.facts ->> 'title', d.commit_facts ->> 'title') AS title, coalesce(d.facts ->> 'url', d.commit_facts ->> 'url') AS url, d.facts ->> 'actor' AS actor,
       -- hotfixes: the remedied change and the follow-ups
       d.cause, d.facts ->> 'justification' AS justification, d.is_justified, d.is_attributed,
       CASE WHEN d.is_release
            THEN (SELECT min(c.release) FROM deployment m JOIN remedy r ON r.by = m.id JOIN deployment c ON c.id = r.change WHERE m.release = d.id)
            ELSE (SELECT min(r.change) FROM remedy r WHERE r.by = d.id) END AS remedies,
       d.facts ->> 'incident' AS incident, d.response_from AS detected_at, d.lines_changed, d.owes_merge, d.merged_back_at,
       (SELECT min(c.told_at) FROM commit_seen c WHERE c.told_in = d.repository AND c.told_in <> '') AS merges_reported_since,
       d.facts ->> 'review_held_at' AS review_held_at,
       page.at
FROM (  -- selects the rows of the page first, so that the other columns are read for these only
  SELECT d.id, d.at
  FROM jsonb_array_elements_text($1::jsonb -> 'services') AS s (service)
  CROSS JOIN LATERAL (
    SELECT d.id, coalesce(d.finished_at, d.started_at, d.created_at, 'epoch') AS at
    FROM deployment d
    WHERE d.service = s.service
      AND CASE WHEN $1::jsonb ->> 'environment' IS NULL THEN d.release = ''  -- rows of groups, not of their members
               ELSE d.environment = $1::jsonb ->> 'environment' END
      AND ($1::jsonb ->> 'kind' IS NULL OR d.kind = $1::jsonb ->> 'kind')
      AND ($1::jsonb ->> 'state' IS NULL OR d.state = $1::jsonb ->> 'state')
      AND ($1::jsonb ->> 'cause' IS NULL OR d.cause = $1::jsonb ->> 'cause')
      AND coalesce(d.finished_at, d.started_at, d.created_at, 'epoch') >= coalesce(($1::jsonb ->> 'since')::timestamptz, '-infinity')
      AND coalesce(d.finished_at, d.started_at, d.created_at, 'epoch') < coalesce(($1::jsonb ->> 'until')::timestamptz, 'infinity')
      AND ($2::jsonb IS NULL OR (coalesce(d.finished_at, d.started_at, d.created_at, 'epoch'), d.id) < (($2::jsonb ->> 0)::timestamptz, $2::jsonb ->> 1))
    ORDER BY coalesce(d.finished_at, d.started_at, d.created_at, 'epoch') DESC, d.id DESC
    LIMIT $3::bigint
  ) AS d
  ORDER BY d.at DESC, d.id DESC
  LIMIT $3::bigint
) AS page
JOIN deployment d ON d.id = page.id
ORDER BY page.at DESC, page.id DESC
