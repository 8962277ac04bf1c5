-- The incidents of which a member has one of the given subjects.
SELECT DISTINCT joined_source AS source, joined_subject AS subject FROM incident_member WHERE subject = ANY ($1::text[])
