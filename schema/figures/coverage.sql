-- Coverage of the deployments of the last 90 days (figures.md 16), as counts: deployments whose commit is known with title and first
-- commit time, whose kind comes from a rule or report, whose merge-back is tracked; hotfixes with a cause, hotfixes whose review is
-- tracked. The last columns are positive if merge-backs or reviews are tracked at all.
{{> _tracked}}, counted AS (
  SELECT scope.n, changes.*, hotfixes.*,
         (CASE WHEN scope.reviews_since <= scope.now THEN 1 ELSE 0 END) AS reviews_tracked,
         (CASE WHEN last.merges <= scope.now THEN 1 ELSE 0 END) AS merges_tracked
  FROM scope
  CROSS JOIN LATERAL (  -- by repository, so that the start of tracking is looked up once, not for each deployment
    SELECT coalesce(sum(d.deployed), 0)::bigint AS commit_of, coalesce(sum(d.known), 0)::bigint AS commit_known,
           coalesce(sum(d.kind_told), 0)::bigint AS kind_told,
           coalesce(sum(CASE WHEN since.merges IS NULL OR since.merges > scope.now THEN 0
                             WHEN since.merges - scope.merge_due <= scope.begins THEN d.deployed
                             ELSE (SELECT count(*) FROM deployment t
                                   WHERE t.service = scope.service AND t.environment = scope.environment AND t.repository = d.repository
                                     AND t.finished_at >= greatest(since.merges - scope.merge_due, lower(scope.during))
                                     AND t.finished_at < least(scope.now, upper(scope.during)) AND t.kind IN ('planned', 'hotfix', 'rollback'))
                        END), 0)::bigint AS merge_known
    FROM (
      SELECT d.repository, count(*) AS deployed, count(*) FILTER (WHERE d.commit_known) AS known,
             count(*) FILTER (WHERE d.kind <> 'rollback' AND d.kind_reason <> 'no rule matched') AS kind_told
      FROM deployment d
      WHERE d.service = scope.service AND d.environment = scope.environment AND d.finished_at >= greatest(scope.begins, lower(scope.during))
        AND d.finished_at < least(scope.now, upper(scope.during)) AND d.kind IN ('planned', 'hotfix', 'rollback')
      GROUP BY d.repository) AS d
    CROSS JOIN LATERAL (SELECT {{> _merges_since}} AS merges) AS since) AS changes
  CROSS JOIN LATERAL (
    SELECT count(*) AS hotfixes, CASE WHEN {{> _has_reviews}} THEN count(*) ELSE 0 END AS hotfix_reviews_of, count(*) FILTER (WHERE coalesce(d.cause, 'unknown') <> 'unknown') AS cause_known,
           count(*) FILTER (WHERE scope.reviews_since <= scope.now AND d.finished_at >= scope.reviews_since - scope.review_due) AS hotfix_reviews_tracked
    FROM deployment d
    WHERE d.service = scope.service AND d.environment = scope.environment AND d.kind = 'hotfix'
      AND d.finished_at >= greatest(scope.begins, lower(scope.during)) AND d.finished_at < least(scope.now, upper(scope.during))) AS hotfixes
  LEFT JOIN LATERAL (
    SELECT {{> _merges_since}} AS merges
    FROM (SELECT d.repository FROM deployment d WHERE d.service = scope.service AND d.environment = scope.environment
            AND d.finished_at < scope.now ORDER BY d.finished_at DESC, d.repository DESC LIMIT 1) AS d) AS last ON true
)
SELECT n, sum(commit_known)::bigint AS commit_known, sum(commit_of)::bigint AS commit_of, sum(kind_told)::bigint AS kind_told,
       sum(merge_known)::bigint AS merge_known, sum(merge_known + merges_tracked)::bigint AS merges_tracked,
       sum(cause_known)::bigint AS cause_known, sum(hotfixes)::bigint AS recent_hotfixes,
       sum(hotfix_reviews_of)::bigint AS hotfix_reviews_of, sum(hotfix_reviews_tracked)::bigint AS hotfix_reviews_tracked, sum(reviews_tracked)::bigint AS reviews_tracked
FROM counted GROUP BY n
