-- What all events call services, environments and teams: each way of naming once, as it was received first.
SELECT DISTINCT ON (source, names) * FROM (
  SELECT e.source, e.id, microseconds(e.received_at) AS received_at, jsonb_strip_nulls(jsonb_build_object(
         'service', e.fields->'service', 'services', e.fields->'services', 'repository', e.fields->'repository', 'path', e.fields->'path',
         'environment', e.fields->'environment', 'team', e.fields->'team')) AS names
  FROM event e WHERE e.type <> 'retraction' AND e.thing <> 'commit') AS told
ORDER BY source, names, received_at, id
