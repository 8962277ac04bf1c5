UPDATE delivery SET body = '', headers = '{}' WHERE id = ANY ($1::bigint[])
