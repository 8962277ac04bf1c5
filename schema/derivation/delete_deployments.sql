DELETE FROM deployment WHERE id = ANY ($1::text[])
