-- Every event about the given commits, from any source; either side may be a prefix of 7 digits or more.
SELECT c.sha, e.id, (extract(epoch FROM e.time) * 1000000)::bigint AS time, e.type = 'retraction' AS retraction,
       e.is_override, e.fields
FROM unnest($1::text[]) AS c (sha)
JOIN event e ON e.thing = 'commit'
  AND (e.subject = c.sha
       OR length(c.sha) BETWEEN 7 AND 39 AND e.subject >= c.sha AND e.subject < c.sha || 'g')
