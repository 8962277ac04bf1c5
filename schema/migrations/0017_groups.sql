-- One release over several production environments (figures.md 17). A group has rows of its own, with its name as
-- environment, made of those of its members: one for each release, each rollback, and each deployment that is neither.
ALTER TABLE deployment ADD COLUMN release text COLLATE "C" NOT NULL DEFAULT '';      -- of a member: the group's row
ALTER TABLE deployment ADD COLUMN is_release boolean NOT NULL DEFAULT false;         -- a group's row
-- Of a group's row: the finish of the member whose failure it has, and of the one whose response; else its own.
ALTER TABLE deployment ADD COLUMN issue_since timestamptz;
ALTER TABLE deployment ADD COLUMN response_until timestamptz;
CREATE INDEX deployment_release ON deployment (release) WHERE release <> '';
-- As in 0003: what changes.sql reads, and nothing else.
DROP INDEX deployment_figures;
CREATE INDEX deployment_figures ON deployment (service, environment, finished_at)
  INCLUDE (state, kind, is_change, rolled_back_by, failed, issue_at, recovered_at, first_remedy, first_commit_at, response_from, issue_since);

-- By which groups, too: the group of each environment that has one. Others apply by a rebuild, as rules do, and until then
-- everything counts by these.
ALTER TABLE derived_by ADD groups jsonb NOT NULL DEFAULT '{}';

-- As in 0011: a group's rows move with those of its members.
CREATE OR REPLACE FUNCTION shadow_moved() RETURNS TABLE (service text, environment text, source text, subject text, version text,
                                              finished_at bigint, kind_before text, reason_before text, kind text, reason text) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT s.service, s.environment, s.source, s.subject, s.version, microseconds(s.finished_at), s.kind, s.kind_reason, d.kind, d.kind_reason
     FROM %I.deployment s JOIN pg_temp.deployment d USING (id)
     WHERE s.kind IS DISTINCT FROM d.kind AND s.kind IS NOT NULL AND d.kind IS NOT NULL AND NOT d.is_release
     ORDER BY s.finished_at, s.source, s.subject, s.service, s.environment', current_schema());
END $$;
