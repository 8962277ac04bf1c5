UPDATE delivery SET body = $2::bytea, headers = $3::jsonb, detail = $4 WHERE id = $1
