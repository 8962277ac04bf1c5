-- One release over several production environments (figures.md 17). A group has rows of its own, with its name as
-- environment, made of those of its members: one for each release, each rollback, and each deployment that is neither.
ALTER TABLE deployment ADD COLUMN release text COLLATE "C" NOT NULL DEFAULT '';      -- of a member: the group's row
ALTER TABLE deployment ADD COLUMN is_release boolean NOT NULL DEFAULT false;         -- a group's row
-- Of a group's row: the finish of the member whose failure it has, and of the one whose response; else its own.
ALTER TABLE deployment ADD COLUMN issue_since timestamptz;
ALTER TABLE deployment ADD COLUMN response_until timestamptz;
CREATE INDEX deployment_release ON deployment (release) WHERE release <> '';
