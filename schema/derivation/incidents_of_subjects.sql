-- Returns the incidents that have a member with one of the subjects $1.
SELECT DISTINCT joined_source AS source, joined_subject AS subject FROM incident_member WHERE subject = ANY ($1::text[])
