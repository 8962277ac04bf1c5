-- Stores the rules ($1: fingerprint), version ($2) and groups ($3) with which this database is derived, unless they are stored.
INSERT INTO derived_by (fingerprint, version, groups) VALUES ($1, $2, $3::jsonb) ON CONFLICT (one) DO NOTHING
