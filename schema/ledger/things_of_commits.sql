-- The deployments of commits that were touched: a deployment may name only a prefix of 7 digits or more.
SELECT DISTINCT d.source, d.subject
FROM unnest($1::text[]) AS c (sha), generate_series(7, greatest(7, length(c.sha))) AS n
JOIN deployment d ON d.commit <> '' AND d.commit = left(c.sha, n)
UNION
SELECT d.source, d.subject FROM unnest($1::text[]) AS c (sha)
JOIN deployment d ON d.commit <> '' AND d.commit LIKE c.sha || '%' AND length(c.sha) >= 7
