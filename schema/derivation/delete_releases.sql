-- Rows of groups, to be written anew: those of $1, and those that the deployments $2 belong to.
DELETE FROM deployment WHERE is_release
  AND id IN (SELECT unnest($1::text[]) UNION SELECT release FROM deployment WHERE id = ANY ($2::text[]) AND release <> '')
