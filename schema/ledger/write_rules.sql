-- By which rules everything was derived again.
INSERT INTO public.derived_by (fingerprint) VALUES ($1) ON CONFLICT (one) DO UPDATE SET fingerprint = excluded.fingerprint
