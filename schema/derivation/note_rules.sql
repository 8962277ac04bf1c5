-- By which version, which rules and which groups this database is derived, unless that is known.
INSERT INTO derived_by (fingerprint, version, groups) VALUES ($1, $2, $3::jsonb) ON CONFLICT (one) DO NOTHING
