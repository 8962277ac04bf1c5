-- Returns the remediations by the deployments and flag changes $1 (ids).
SELECT {{> _remedy}}
FROM remedy r WHERE r.by = ANY ($1::text[])
