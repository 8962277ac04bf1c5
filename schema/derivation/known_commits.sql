-- The commits that reports of commits and tags name, among those that begin with one of the given digits ($1, in small
-- letters; OFFSET: events_of_things.sql).
SELECT DISTINCT c.sha, c.repository FROM unnest($1::text[]) AS t (digits)
CROSS JOIN LATERAL (
  (SELECT e.subject AS sha, coalesce(e.fields->>'repository', '') AS repository FROM event e
   WHERE e.thing = 'commit' AND e.type <> 'retraction' AND e.subject >= t.digits AND e.subject < t.digits || 'g' OFFSET 0)
  UNION ALL
  (SELECT e.fields->>'commit', coalesce(e.fields->>'repository', '') FROM event e
   WHERE e.thing = 'tag' AND (e.fields->>'commit') COLLATE "C" >= t.digits AND (e.fields->>'commit') COLLATE "C" < t.digits || 'g' OFFSET 0)) AS c
