-- Returns the stored memberships of the given reports ($1, $2: source, subject).
SELECT {{> _member}}
FROM unnest($1::text[], $2::text[]) AS t (source, subject) JOIN incident_member m USING (source, subject)
