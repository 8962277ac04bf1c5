-- By which version and which rules this database is derived, unless that is known.
INSERT INTO derived_by (fingerprint, version) VALUES ($1, $2) ON CONFLICT (one) DO NOTHING
