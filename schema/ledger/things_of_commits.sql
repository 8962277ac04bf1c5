-- The deployments of commits that were touched; either side may be a prefix of 7 digits or more.
SELECT d.source, d.subject
FROM unnest($1::text[]) AS c (sha)
CROSS JOIN LATERAL generate_series(7, greatest(7, length(c.sha))) AS n
JOIN deployment d ON d.commit <> '' AND d.commit = left(c.sha, n)
UNION
SELECT d.source, d.subject
FROM unnest($1::text[]) AS c (sha)
JOIN deployment d ON length(c.sha) >= 7 AND d.commit > c.sha AND d.commit < c.sha || 'g'
