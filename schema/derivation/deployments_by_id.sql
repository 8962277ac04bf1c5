-- Deployments as blame and remedies look at them.
SELECT {{> _deployment}}
FROM deployment d
WHERE d.id = ANY ($1::text[]) AND NOT d.is_release
