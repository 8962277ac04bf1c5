-- Incidents that names of some fit, or whose names fit some. Of these $1: the names; $2-$4: the keys, from when until when
-- they were open; $5: what they link to, and $6 when they started. A key fits within a day (figures.md 18).
SELECT n.source, n.subject FROM unnest($1::text[]) AS own (name)
JOIN incident_name n ON (n.links || n.same_as) ? own.name
UNION
SELECT n.source, n.subject FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) AS own (key, begins, ends)
JOIN incident_name n ON (n.links || n.same_as) ? own.key
 AND n.started_at >= own.begins - interval '24 hours'
 AND (own.ends IS NULL OR n.started_at <= own.ends + interval '24 hours')
UNION
SELECT n.source, n.subject FROM unnest($5::text[]) AS wanted (name) JOIN incident_name n ON n.names ? wanted.name
UNION
SELECT n.source, n.subject FROM unnest($5::text[], $6::timestamptz[]) AS wanted (key, at)
JOIN incident_name n ON n.keys ? wanted.key
 AND (n.started_at BETWEEN wanted.at - interval '24 hours' AND wanted.at + interval '24 hours'
      OR n.stretches && tstzrange(wanted.at - interval '24 hours', wanted.at + interval '24 hours', '[]'))
