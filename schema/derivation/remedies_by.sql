-- The remedies that the given deployments and flag changes are.
SELECT {{> _remedy}}
FROM remedy r WHERE r.by = ANY ($1::text[])
