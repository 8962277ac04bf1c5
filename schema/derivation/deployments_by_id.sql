-- Returns the deployments with the ids $1, without group rows.
SELECT {{> _deployment}}
FROM deployment d
WHERE d.id = ANY ($1::text[]) AND NOT d.is_release
