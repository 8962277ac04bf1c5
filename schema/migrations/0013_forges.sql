-- Deployments that their sender announced for a later time (GitLab's upcoming releases). The daemon reports each when its
-- time has come. A list of work, as `touched` is one: the report itself is an event.
CREATE TABLE upcoming (
  source   text COLLATE "C" NOT NULL,
  subject  text COLLATE "C" NOT NULL,
  due_at   timestamptz NOT NULL,
  told_at  timestamptz NOT NULL,  -- the time of the announcement: a later one replaces it
  delivery bigint NOT NULL,
  PRIMARY KEY (source, subject)
);
CREATE INDEX upcoming_due ON upcoming (due_at);
