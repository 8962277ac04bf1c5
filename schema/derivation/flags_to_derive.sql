-- The flag changes among the given ids ($1), and those that name an incident of the given subjects ($2), with the rows
-- of the incidents that they may mean.
SELECT f.id, f.source, f.service, f.environment, f.is_on, microseconds(f.at) AS at, i.id AS incident
FROM flag_change f LEFT JOIN incident i ON f.incident <> '' AND i.subject = f.incident
WHERE f.id = ANY ($1::text[]) OR (f.incident <> '' AND f.incident = ANY ($2::text[]))
