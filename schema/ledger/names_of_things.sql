-- What events about the given things ($1 types, $2 sources, $3 subjects) call services, environments and teams: each way of
-- naming once, as it was received first.
SELECT DISTINCT ON (source, names) * FROM (
  SELECT e.source, e.id, microseconds(e.received_at) AS received_at, jsonb_strip_nulls(jsonb_build_object(
         'service', e.fields->'service', 'services', e.fields->'services', 'repository', e.fields->'repository', 'path', e.fields->'path',
         'environment', e.fields->'environment', 'team', e.fields->'team')) AS names
  FROM unnest($1::text[], $2::text[], $3::text[]) AS t (thing, source, subject) JOIN event e USING (thing, source, subject)
  WHERE e.type <> 'retraction') AS told
ORDER BY source, names, received_at, id
