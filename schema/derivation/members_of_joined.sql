-- Returns the members of the given incidents ($1, $2: source, subject), in the order of each incident's members.
SELECT {{> _member}}
FROM unnest($1::text[], $2::text[]) AS t (source, subject)
JOIN incident_member m ON m.joined_source = t.source AND m.joined_subject = t.subject
ORDER BY m.joined_source, m.joined_subject, m.position
