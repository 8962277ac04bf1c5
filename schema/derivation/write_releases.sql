-- Inserts the group rows $1, and those that the deployments $2 belong to, from their current members (figures.md section 17); a
-- row without members is omitted. $3, $4: environments and their groups. A row is its first member; missing values come from the
-- other members in their order; failure and response are those of one member.
WITH member AS (
  SELECT r.id AS row_id, g.name AS group_name, d.*,
         row_number() OVER (PARTITION BY r.id ORDER BY d.finished_at, d.day_order, d.source, d.subject, d.environment) AS n
  FROM (SELECT unnest($1::text[]) AS id UNION SELECT release FROM deployment WHERE id = ANY ($2::text[]) AND release <> '') AS r
  CROSS JOIN LATERAL (SELECT * FROM deployment WHERE release = r.id OFFSET 0) AS d
  JOIN unnest($3::text[], $4::text[]) AS g (member, name) ON g.member = d.environment
), told AS (
  SELECT row_id, group_name, (array_agg(id ORDER BY n))[1] AS first,
         coalesce((array_agg(commit ORDER BY n) FILTER (WHERE commit <> ''))[1], '') AS commit,
         coalesce((array_agg(version ORDER BY n) FILTER (WHERE version <> ''))[1], '') AS version,
         (array_agg(cause ORDER BY n) FILTER (WHERE cause IS NOT NULL))[1] AS cause,
         (array_agg(lines_changed ORDER BY n) FILTER (WHERE lines_changed IS NOT NULL))[1] AS lines_changed,
         (array_agg(first_commit_at ORDER BY n) FILTER (WHERE first_commit_at IS NOT NULL OR facts ? 'first_commit_at'))[1] AS first_commit_at,
         (array_agg(merged_back_at ORDER BY n) FILTER (WHERE merged_back_at IS NOT NULL))[1] AS merged_back_at, bool_or(is_justified) AS is_justified, bool_or(is_attributed) AS is_attributed,
         bool_or(commit_known) AS commit_known, coalesce((array_agg(repository ORDER BY n) FILTER (WHERE repository <> ''))[1], '') AS repository,
         coalesce(bool_and(owes_merge) FILTER (WHERE kind = 'hotfix'), false) AS owes_merge,
         (array_agg(rolled_back_by ORDER BY n) FILTER (WHERE rolled_back_by IS NOT NULL))[1] AS rolled_back_by,
         -- an override, else whether one of the members failed
         coalesce((array_agg((overrides -> 'failed')::boolean ORDER BY n) FILTER (WHERE jsonb_typeof(overrides -> 'failed') = 'boolean'))[1],
                  bool_or(failed)) AS failed,
         (array_agg(id ORDER BY issue_at, n) FILTER (WHERE failed AND issue_at IS NOT NULL))[1] AS failing,
         (array_agg(id ORDER BY n) FILTER (WHERE response_from IS NOT NULL))[1] AS responding
  FROM member GROUP BY row_id, group_name
), part AS (  -- the last value of a key wins: the first member's
  SELECT m.row_id, p.name, jsonb_object_agg(f.key, f.value ORDER BY m.n DESC) AS told
  FROM member m
  CROSS JOIN LATERAL (VALUES ('facts', m.facts), ('commit_facts', m.commit_facts), ('overrides', m.overrides)) AS p (name, told)
  CROSS JOIN LATERAL jsonb_each(p.told) AS f
  GROUP BY m.row_id, p.name
), facts AS (
  SELECT row_id, coalesce((SELECT jsonb_object_agg(name, part.told) FROM part WHERE part.row_id = told.row_id), '{}') AS parts,
         (SELECT jsonb_agg(what ORDER BY n, what) FROM (
            SELECT w.what, min(m.n) AS n FROM member m CROSS JOIN LATERAL unnest(m.done) AS w (what)
            WHERE m.row_id = told.row_id GROUP BY w.what) AS all_done) AS done
  FROM told
)
INSERT INTO deployment
SELECT made.*
FROM told JOIN facts USING (row_id)
JOIN deployment f ON f.id = told.first
LEFT JOIN deployment x ON x.id = told.failing AND told.failed
LEFT JOIN deployment y ON y.id = CASE WHEN x.id IS NULL THEN told.responding ELSE x.id END
CROSS JOIN LATERAL jsonb_populate_record(f, jsonb_build_object(
  'id', told.row_id, 'environment', told.group_name, 'release', '', 'is_release', true, 'commit', told.commit, 'version', told.version,
  'first_commit_at', told.first_commit_at, 'commit_known', told.commit_known, 'repository', told.repository,
  'cause', told.cause, 'lines_changed', told.lines_changed, 'merged_back_at', told.merged_back_at, 'is_justified', told.is_justified,
  'is_attributed', told.is_attributed, 'owes_merge', told.owes_merge, 'done', coalesce(facts.done, '[]'), 'rolled_back_by', told.rolled_back_by,
  'failed', told.failed, 'issue_at', x.issue_at, 'issue_since', x.finished_at, 'recovered_at', x.recovered_at,
  'first_remedy', x.first_remedy, 'response_from', y.response_from, 'response_until', y.finished_at) || facts.parts) AS made
