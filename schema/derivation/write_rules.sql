-- By which version and which rules everything was derived again.
INSERT INTO derived_by (fingerprint, version) VALUES ($1, $2)
ON CONFLICT (one) DO UPDATE SET fingerprint = excluded.fingerprint, version = excluded.version
