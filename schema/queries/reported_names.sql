-- Each combination of fields by which sources name services, with the number of its deployments and incidents.
SELECT source, fields, count(*) FILTER (WHERE thing = 'deployment') AS deployments,
       count(*) FILTER (WHERE thing = 'incident') AS incidents
FROM ({{> _named_things}}
  GROUP BY 1, 2, 3, 4) AS told
WHERE fields <> '{}'
GROUP BY source, fields
ORDER BY source, fields
