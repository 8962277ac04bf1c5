-- What a deployment without a commit would be resolved by: the key of its version, as tags are looked up by it, and the
-- first seven digits of each commit that its version may contain, with spaces between. Empty where nothing would.
ALTER TABLE deployment ADD COLUMN tag_version text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE deployment ADD COLUMN commit_tokens text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX deployment_tag_version ON deployment (tag_version) WHERE tag_version <> '';
CREATE INDEX deployment_commit_tokens ON deployment USING gin (string_to_array(commit_tokens, ' ')) WHERE commit_tokens <> '';
CREATE INDEX event_tag ON event ((fields->>'name')) WHERE thing = 'tag';
CREATE INDEX event_tag_commit ON event (((fields->>'commit') COLLATE "C")) WHERE thing = 'tag';
