-- Incidents that may be one with the given ones, or were. $1, $2: these; $3: their names; $4-$6: their keys, from when until
-- when they were open; $7: what they link to, and $8 when they started. A key fits within a day (figures.md 18).
WITH fits AS (
  SELECT n.source, n.subject FROM unnest($3::text[]) AS own (name)
  JOIN incident_name n ON (n.links || n.same_as) ? own.name
  UNION
  SELECT n.source, n.subject FROM unnest($4::text[], $5::timestamptz[], $6::timestamptz[]) AS own (key, begins, ends)
  JOIN incident_name n ON (n.links || n.same_as) ? own.key
   AND n.started_at >= own.begins - interval '24 hours'
   AND (own.ends IS NULL OR n.started_at <= own.ends + interval '24 hours')
  UNION
  SELECT n.source, n.subject FROM unnest($7::text[]) AS wanted (name) JOIN incident_name n ON n.names ? wanted.name
  UNION
  SELECT n.source, n.subject FROM unnest($7::text[], $8::timestamptz[]) AS wanted (key, at)
  JOIN incident_name n ON n.keys ? wanted.key
   AND (n.started_at BETWEEN wanted.at - interval '24 hours' AND wanted.at + interval '24 hours'
        OR n.stretches && tstzrange(wanted.at - interval '24 hours', wanted.at + interval '24 hours', '[]'))
)
SELECT source, subject FROM fits
UNION
SELECT m.source, m.subject
FROM unnest($1::text[], $2::text[]) AS t (source, subject)
JOIN incident_member is_of ON is_of.source = t.source AND is_of.subject = t.subject
JOIN incident_member m ON m.joined_source = is_of.joined_source AND m.joined_subject = is_of.joined_subject
