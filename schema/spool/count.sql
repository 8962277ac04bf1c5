SELECT
  count(*) FILTER (WHERE set_aside IS NULL),
  coalesce(sum(size), 0),
  count(*) FILTER (WHERE set_aside IS NOT NULL)
FROM delivery
