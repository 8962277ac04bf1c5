-- Returns the commits that reports of commits and tags name and whose shas begin with one of the prefixes $1 (lower case).
-- Retracted commits and tags are excluded. OFFSET 0: see events_of_things.sql.
SELECT DISTINCT c.sha, c.repository
FROM unnest($1::text[]) AS t (digits) CROSS JOIN LATERAL (VALUES (t.digits), (upper(t.digits))) AS spelled (digits)
CROSS JOIN LATERAL (
  (SELECT e.thing, e.source, e.subject, e.subject AS sha, coalesce(e.fields->>'repository', '') AS repository FROM event e
   WHERE e.thing = 'commit' AND e.type <> 'retraction' AND e.subject >= spelled.digits AND e.subject < spelled.digits || 'g' OFFSET 0)
  UNION ALL
  (SELECT e.thing, e.source, e.subject, e.fields->>'commit', coalesce(e.fields->>'repository', '') FROM event e
   WHERE e.thing = 'tag' AND (e.fields->>'commit') COLLATE "C" >= spelled.digits
     AND (e.fields->>'commit') COLLATE "C" < spelled.digits || 'g' OFFSET 0)) AS c
WHERE (SELECT coalesce((r.fields->>'retracted')::boolean, true) FROM event r
       WHERE r.thing = c.thing AND r.source = c.source AND r.subject = c.subject AND r.type = 'retraction'
       ORDER BY r.time DESC, r.id DESC LIMIT 1) IS NOT TRUE
