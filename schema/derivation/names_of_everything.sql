-- Returns the distinct combinations of service, environment and team names in all events, each with its first receipt. $1-$3:
-- retracted things, which are excluded (types, sources, subjects); $4: instants at which names change their meaning (combinations
-- before and after one are distinct); $5: by source, the fields and values of which an incident must have one to be included,
-- unless it has none of these fields.
SELECT DISTINCT ON (source, names, era) * FROM (
  SELECT e.source, e.id, microseconds(e.received_at) AS received_at, microseconds(e.time) AS time,
         width_bucket(e.time, $4::timestamptz[]) AS era, jsonb_strip_nulls(jsonb_build_object(
         'service', e.fields->'service', 'services', e.fields->'services', 'repository', e.fields->'repository', 'path', e.fields->'path',
         'project', e.fields->'project', 'service_id', e.fields->'service_id',
         'environment', e.fields->'environment', 'production_environment', e.fields->'production_environment', 'team', e.fields->'team')) AS names
  FROM event e
  WHERE e.type <> 'retraction' AND e.thing NOT IN ('commit', 'tag') AND NOT EXISTS (
    SELECT FROM unnest($1::text[], $2::text[], $3::text[]) AS gone (thing, source, subject)
    WHERE gone.thing = e.thing AND gone.source = e.source AND gone.subject = e.subject)
    AND (e.thing <> 'incident' OR NOT $5::jsonb ? e.source
         OR NOT EXISTS (SELECT FROM jsonb_object_keys($5::jsonb->e.source) AS f (field) WHERE e.fields ? f.field)
         OR EXISTS (SELECT FROM jsonb_each($5::jsonb->e.source) AS f (field, words)
                    WHERE e.fields->f.field ?| ARRAY(SELECT jsonb_array_elements_text(f.words))))) AS told
ORDER BY source, names, era, received_at, id
