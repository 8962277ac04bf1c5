-- First half of a rebuild: the stored rows that differ from the derived ones go. Returns the places they were in.
DELETE FROM public.deployment d
USING (SELECT * FROM public.deployment EXCEPT SELECT * FROM pg_temp.deployment) AS wrong
WHERE d.id = wrong.id
RETURNING d.service, d.environment
