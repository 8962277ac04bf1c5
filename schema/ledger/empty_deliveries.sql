-- Of the given deliveries those that are kept, but for the ones in $2.
UPDATE delivery SET body = '', headers = '{}'
WHERE id = ANY ($1::bigint[]) AND NOT id = ANY ($2::bigint[]) AND octet_length(body) > 0
