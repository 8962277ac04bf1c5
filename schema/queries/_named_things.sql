SELECT e.source, e.thing, e.subject, jsonb_strip_nulls(jsonb_build_object(
         'service', e.fields->'service', 'services', e.fields->'services', 'repository', e.fields->'repository',
         'path', e.fields->'path', 'project', e.fields->'project', 'service_id', e.fields->'service_id')) AS fields,
       min(e.time) AS time, max(e.fields->>'commit') AS commit, max(coalesce(e.fields->>'version', e.fields#>>'{artifacts,0,tag}')) AS version
FROM event e
WHERE e.thing IN ('deployment', 'incident') AND e.type <> 'retraction' AND NOT e.is_override
  AND NOT (e.thing = 'incident' AND EXISTS (  -- except issues that are not incidents
    SELECT FROM incident_name n WHERE n.source = e.source AND n.subject = e.subject AND NOT n.is_let_in))
