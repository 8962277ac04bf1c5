-- Returns the stored names and links of the given incidents ($1, $2: source, subject), by which incidents are joined.
SELECT n.source, n.subject, n.ids, n.url, microseconds(n.started_at) AS started_at, microseconds(n.received_at) AS received_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('from', lower(s), 'until', upper(s)) ORDER BY s), '[]')
        FROM unnest(n.stretches) AS s) AS stretches, n.is_production, n.is_let_in, n.names, n.keys, n.links, n.same_as
FROM unnest($1::text[], $2::text[]) AS t (source, subject) JOIN incident_name n USING (source, subject)
