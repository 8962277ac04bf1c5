-- What was deployed, as deployments are compared (figures.md 14): computed once, when a deployment is derived.
-- version_key: what all names of its version have in common; identity: all that is compared; identity_keys: those of its images
-- and source revisions that identities which are equal share, with spaces between. Empty where nothing would match.
ALTER TABLE deployment ADD COLUMN version_key text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE deployment ADD COLUMN identity_keys text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE deployment ADD COLUMN identity jsonb NOT NULL DEFAULT '{}';
DROP INDEX deployment_version;
CREATE INDEX deployment_version_key ON deployment (version_key) WHERE version_key <> '';
CREATE INDEX deployment_identity_keys ON deployment USING gin (string_to_array(identity_keys, ' ')) WITH (fastupdate = off)
  WHERE identity_keys <> '';

-- 1.8.3 of backend@v1.8.3+42, in small letters: by it culprits and fixes find versions, and versions them.
-- daemon/timeline/identity.hpp has the same.
CREATE FUNCTION lookup_key(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN regexp_replace(regexp_replace(lower($1 COLLATE "C"), '\+[0-9a-z.-]+$', ''), '^(.*@)?(v(?=[0-9]))?', '');
DROP INDEX incident_culprit;
CREATE INDEX incident_culprit_key ON incident (lookup_key(culprit)) WHERE culprit <> '';
DROP INDEX deployment_fixes;
CREATE INDEX deployment_fixes_key ON deployment (lookup_key((facts->>'fixes') COLLATE "C")) WHERE facts ? 'fixes';
