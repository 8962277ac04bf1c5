-- Returns the deployments without a commit of their own whose version has one of the keys $1.
SELECT source, subject FROM deployment WHERE tag_version <> '' AND tag_version = ANY ($1::text[])
