-- Returns the deployments whose kind differs from the stored one.
SELECT service, environment, source, subject, version, finished_at, kind_before, reason_before, kind, reason FROM shadow_moved()
