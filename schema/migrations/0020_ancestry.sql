-- The ancestry that commits report, and what a change brings by it: the commits that the change below it does not contain.
ALTER TABLE commit_seen ADD COLUMN parents text COLLATE "C";                  -- shas; '' for a root, null if not reported
ALTER TABLE commit_seen ADD COLUMN committed_at timestamptz;
ALTER TABLE commit_seen ADD COLUMN lines_changed bigint;
ALTER TABLE deployment ADD COLUMN awaited_commit text COLLATE "C" NOT NULL DEFAULT '';  -- its report may tell what a change brings
CREATE INDEX deployment_awaited_commit ON deployment (awaited_commit) WHERE awaited_commit <> '';
CREATE INDEX deployment_below ON deployment (below) WHERE commit_facts ? 'parents';
