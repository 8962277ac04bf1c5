-- Deployments of another kind than the stored ones are.
SELECT service, environment, source, subject, version, finished_at, kind_before, reason_before, kind, reason FROM shadow_moved()
