INSERT INTO pg_temp.as_of VALUES ($1::timestamptz)
