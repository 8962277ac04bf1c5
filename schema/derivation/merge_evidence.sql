-- Returns the commits that may have merged back the code of the commits $1 (column `of`), and the stored rows of $1 themselves.
WITH wanted AS (SELECT DISTINCT unnest($1::text[]) AS sha), own AS (
  SELECT wanted.sha AS of, c.* FROM wanted JOIN commit_seen c ON c.sha = wanted.sha
  UNION ALL
  SELECT wanted.sha, c.* FROM wanted CROSS JOIN LATERAL generate_series(7, length(wanted.sha) - 1) AS n JOIN commit_seen c ON c.sha = left(wanted.sha, n)
  UNION ALL
  SELECT wanted.sha, c.* FROM wanted JOIN commit_seen c ON length(wanted.sha) >= 7 AND c.sha > wanted.sha AND c.sha < wanted.sha || 'g'
), found AS (
  SELECT * FROM own
  UNION
  SELECT wanted.sha, c.* FROM wanted JOIN commit_seen c ON c.picked_from <> '' AND c.picked_from = wanted.sha
  UNION
  SELECT wanted.sha, c.* FROM wanted CROSS JOIN LATERAL generate_series(7, length(wanted.sha) - 1) AS n
  JOIN commit_seen c ON c.picked_from <> '' AND c.picked_from = left(wanted.sha, n)
  UNION
  SELECT wanted.sha, c.* FROM wanted JOIN commit_seen c
    ON length(wanted.sha) >= 7 AND c.picked_from <> '' AND c.picked_from > wanted.sha AND c.picked_from < wanted.sha || 'g'
  UNION
  SELECT own.of, c.* FROM own CROSS JOIN LATERAL generate_series(7, length(own.picked_from)) AS n
  JOIN commit_seen c ON own.picked_from <> '' AND c.sha = left(own.picked_from, n)
  UNION
  SELECT own.of, c.* FROM own JOIN commit_seen c
    ON length(own.picked_from) >= 7 AND c.sha > own.picked_from AND c.sha < own.picked_from || 'g'
  UNION
  SELECT own.of, c.* FROM own JOIN commit_seen c
    ON own.pull_request <> '' AND own.ref <> '' AND c.pull_request <> '' AND c.repository = own.repository AND md5(c.ref) = md5(own.ref)
  UNION
  SELECT own.of, c.* FROM own JOIN commit_seen c
    ON own.pull_request <> '' AND own.title <> '' AND c.pull_request <> '' AND c.repository = own.repository AND md5(c.title) = md5(own.title)
)
SELECT of, sha, repository, ref, title, pull_request, picked_from, microseconds(merged_at) AS merged_at, microseconds(reached_at) AS reached_at, told_in,
       microseconds(told_at) AS told_at
FROM found
