-- Returns the incidents that refer to one of the given incidents by name or key, and those that a given incident refers to. The
-- given incidents: $1: names; $2-$4: keys, and when the incident started and ended; $5: names and keys that they link to;
-- $6: when the linking incidents started. A key matches within 24 hours (figures.md section 18).
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
