DELETE FROM remedy WHERE id = ANY ($1::text[])
