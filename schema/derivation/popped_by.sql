-- Returns the changes that the rollbacks $1 (ids) rolled back.
SELECT id, rolled_back_by FROM deployment WHERE rolled_back_by = ANY ($1::text[]) AND NOT is_release
