-- Stores when the announced deployments among the events $1, $2 (source, id) of the deliveries $3 are due. The latest report of a
-- deployment wins.
INSERT INTO upcoming AS known (source, subject, due_at, told_at, delivery)
SELECT DISTINCT ON (e.source, e.subject) e.source, e.subject, (e.fields->>'due_at')::timestamptz, e.time, e.delivery
FROM unnest($1::text[], $2::text[]) AS told (source, id)
JOIN event e USING (source, id)
WHERE e.delivery = ANY($3::bigint[])
ORDER BY e.source, e.subject, e.time DESC
ON CONFLICT (source, subject) DO UPDATE
SET due_at = excluded.due_at, told_at = excluded.told_at, delivery = excluded.delivery WHERE excluded.told_at >= known.told_at
