-- Rows of groups, to be written anew.
DELETE FROM deployment WHERE id = ANY ($1::text[]) AND is_release
