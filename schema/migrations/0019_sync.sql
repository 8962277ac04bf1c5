-- How far `sync` has read each list of each source, and what its runs found: for resuming, and for people who ask what the
-- webhooks missed.
CREATE TABLE sync_position (
  source    text COLLATE "C" NOT NULL,
  list      text COLLATE "C" NOT NULL,
  scope     text COLLATE "C" NOT NULL,    -- a repository, a project; '' for tools without scopes
  since     timestamptz,                  -- what changed in [since, until) was read completely
  until     timestamptz,
  reading_since timestamptz,              -- the reading in progress: of what changed since then,
  began_at  timestamptz,                  -- begun at that time by the server's clock,
  next_path text NOT NULL DEFAULT '',     -- its next request
  next_body text NOT NULL DEFAULT '',
  etag      text NOT NULL DEFAULT '',     -- of the first page of the last complete reading,
  etag_path text NOT NULL DEFAULT '',     -- and the request of that page
  PRIMARY KEY (source, list, scope)
);
CREATE TABLE sync_run (
  source     text COLLATE "C" NOT NULL,
  began_at   timestamptz NOT NULL,
  ended_at   timestamptz NOT NULL,
  requests   bigint NOT NULL,
  events     bigint NOT NULL,             -- that were not stored before
  unreported bigint NOT NULL,             -- things that no delivery had reported
  failures   bigint NOT NULL,             -- lists that could not be read
  failure    text NOT NULL,               -- the first one
  PRIMARY KEY (source, began_at)
);
