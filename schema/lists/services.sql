-- A page of known targets. $1: filters, with `services`: the names to read, `groups`: the members of groups (incidents of
-- members count for the group, too); $2: key of the previous page's last row as [service, environment], or null; $3: page
-- size.
SELECT p.service, p.environment, p.team, p.production,
       (SELECT max(d.finished_at) FROM deployment d
        WHERE d.service = p.service AND d.environment = p.environment AND d.state = 'succeeded') AS last_deployment_at,
       (SELECT count(*) FROM incident i
        WHERE i.service = p.service AND (i.environment = p.environment OR $1::jsonb -> 'groups' -> p.environment ? i.environment)
          AND i.resolved_at IS NULL) AS open_incidents,
       (SELECT min(g.key) FROM jsonb_each($1::jsonb -> 'groups') AS g WHERE g.value ? p.environment) AS "group"
FROM place p
WHERE p.service IN (SELECT jsonb_array_elements_text($1::jsonb -> 'services'))
  AND ($1::jsonb ->> 'environment' IS NULL OR p.environment = $1::jsonb ->> 'environment')
  AND ($2::jsonb IS NULL OR (p.service, p.environment) > (($2::jsonb ->> 0) COLLATE "C", ($2::jsonb ->> 1) COLLATE "C"))
ORDER BY p.service, p.environment
LIMIT $3::bigint
