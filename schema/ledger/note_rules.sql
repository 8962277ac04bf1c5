-- By which rules this database is derived, unless that is known.
INSERT INTO derived_by (fingerprint) VALUES ($1) ON CONFLICT (one) DO NOTHING
