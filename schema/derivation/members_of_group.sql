-- Returns deployments of a group's environments: those with the ids $1, and the members of the group rows $2.
SELECT d.id, d.day_order, d.source, d.subject, d.service, d.environment, d.kind, d.is_change, microseconds(d.finished_at) AS finished_at,
       d.identity, d.release
FROM (SELECT unnest($1::text[]) AS id
      UNION SELECT m.id FROM unnest($2::text[]) AS r (id) CROSS JOIN LATERAL (SELECT id FROM deployment WHERE release = r.id OFFSET 0) AS m) AS wanted
JOIN deployment d USING (id) WHERE NOT d.is_release
