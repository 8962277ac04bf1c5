SELECT received_at
FROM delivery
WHERE set_aside IS NULL
ORDER BY number
LIMIT 1
