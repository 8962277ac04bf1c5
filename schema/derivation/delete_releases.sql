-- Deletes group rows before they are rewritten: the rows $1, and the rows that the deployments $2 belong to.
DELETE FROM deployment WHERE is_release
  AND id IN (SELECT unnest($1::text[]) UNION SELECT release FROM deployment WHERE id = ANY ($2::text[]) AND release <> '')
