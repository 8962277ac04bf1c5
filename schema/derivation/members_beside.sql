-- Returns all members of the incidents that the given reports ($1, $2: source, subject) are stored as members of.
SELECT {{> _member}}
FROM unnest($1::text[], $2::text[]) AS t (source, subject)
JOIN incident_member is_of ON is_of.source = t.source AND is_of.subject = t.subject
JOIN incident_member m ON m.joined_source = is_of.joined_source AND m.joined_subject = is_of.joined_subject
