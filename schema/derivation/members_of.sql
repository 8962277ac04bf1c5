-- Which incidents the given reports are, or were.
SELECT {{> _member}}
FROM unnest($1::text[], $2::text[]) AS t (source, subject) JOIN incident_member m USING (source, subject)
