-- Returns the remediations of the changes $1 (ids), and those that name one of the incidents $2, $3 (source, subject).
SELECT {{> _remedy}}
FROM remedy r WHERE r.change = ANY ($1::text[])
UNION
SELECT {{> _remedy}}
FROM unnest($2::text[], $3::text[]) AS t (source, subject)
JOIN remedy r ON r.incident_subject = t.subject AND r.incident_source = t.source
