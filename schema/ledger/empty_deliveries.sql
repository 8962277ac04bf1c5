-- Empties the body and headers of the deliveries $1 that still have a body, except those in $2.
UPDATE delivery SET body = '', headers = '{}'
WHERE id = ANY ($1::bigint[]) AND NOT id = ANY ($2::bigint[]) AND octet_length(body) > 0
