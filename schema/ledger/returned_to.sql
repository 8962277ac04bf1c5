-- The rollbacks before the position ($2, $3, $4) that returned to the given elements, in the order of the stack.
SELECT d.live, d.version, d.commit
FROM deployment d
WHERE d.live = ANY ($1::text[]) AND d.kind = 'rollback' AND (d.finished_at, d.source, d.subject) < ($2::timestamptz, $3, $4)
ORDER BY d.finished_at, d.source, d.subject
