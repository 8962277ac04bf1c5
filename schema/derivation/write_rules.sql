-- By which version, which rules and which groups everything was derived again.
INSERT INTO derived_by (fingerprint, version, groups) VALUES ($1, $2, $3::jsonb)
ON CONFLICT (one) DO UPDATE SET fingerprint = excluded.fingerprint, version = excluded.version, groups = excluded.groups
