-- Stores the rules ($1: fingerprint), version ($2) and groups ($3) with which everything was derived again.
INSERT INTO derived_by (fingerprint, version, groups) VALUES ($1, $2, $3::jsonb)
ON CONFLICT (one) DO UPDATE SET fingerprint = excluded.fingerprint, version = excluded.version, groups = excluded.groups
