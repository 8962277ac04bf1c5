-- What figures rest on (figures.md 16): of how many deployments the commit is known, since when pushes and merges of a repository
-- are reported, and since when reviews are.
ALTER TABLE deployment ADD COLUMN commit_known boolean NOT NULL DEFAULT false;          -- with title and first commit time
ALTER TABLE deployment ADD COLUMN repository text COLLATE "C" NOT NULL DEFAULT '';      -- of its code, without the host
ALTER TABLE commit_seen ADD COLUMN told_in text COLLATE "C" NOT NULL DEFAULT '';        -- its repository, without the host
ALTER TABLE commit_seen ADD COLUMN told_at timestamptz;                                 -- the first report of a push or merge
CREATE INDEX commit_seen_told ON commit_seen (told_in, told_at) WHERE told_in <> '' AND told_at IS NOT NULL;
CREATE INDEX deployment_reviewed ON deployment (service) WHERE facts ? 'review_held_at';
CREATE INDEX deployment_merged_back ON deployment (service) WHERE facts ? 'merged_back_at';
CREATE INDEX incident_reviewed ON incident (service) WHERE facts ? 'review_held_at';
-- As in 0017: what changes.sql and coverage.sql read, and nothing else.
DROP INDEX deployment_figures;
CREATE INDEX deployment_figures ON deployment (service, environment, finished_at)
  INCLUDE (state, kind, is_change, rolled_back_by, failed, issue_at, recovered_at, first_remedy, first_commit_at, response_from, issue_since,
           commit_known, kind_reason, repository);

-- What became of the deliveries of each source, by day in UTC, and why the newest of those that were not taken were not: for
-- people who look for what is missing. Written by every daemon, at most once a minute; bounded by sources, days and outcomes.
CREATE TABLE source_day (
  source     text COLLATE "C" NOT NULL,
  day        date NOT NULL,
  outcome    text NOT NULL,               -- in the words of releasehealth_deliveries_total
  deliveries bigint NOT NULL,
  last_at    timestamptz NOT NULL,
  PRIMARY KEY (source, day, outcome)
);
CREATE TABLE source_reason (
  source  text COLLATE "C" NOT NULL,
  at      timestamptz NOT NULL,
  outcome text NOT NULL,
  reason  text NOT NULL
);
CREATE INDEX source_reason_newest ON source_reason (source, at);
CREATE INDEX delivery_rhythm ON delivery (source, received_at) WHERE outcome <> 'imported';
