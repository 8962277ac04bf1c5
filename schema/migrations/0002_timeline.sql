-- The timeline: derived from the ledger; dropping it and rebuilding gives the same rows.

CREATE TABLE deployment (
  id             text COLLATE "C" PRIMARY KEY,  -- what lists and URLs show: a hash of the next four, which together
                                                -- may be longer than an index row
  service        text COLLATE "C" NOT NULL,     -- empty: no report named one
  environment    text COLLATE "C" NOT NULL,
  source         text COLLATE "C" NOT NULL,
  subject        text COLLATE "C" NOT NULL,
  state          text NOT NULL,
  created_at     timestamptz,
  started_at     timestamptz,
  finished_at    timestamptz,
  version        text COLLATE "C" NOT NULL,
  commit         text COLLATE "C" NOT NULL,
  facts          jsonb NOT NULL,
  commit_facts   jsonb NOT NULL,
  overrides      jsonb NOT NULL,
  -- the stack's verdict, of succeeded ones
  kind           text,
  kind_reason    text,
  is_change      boolean NOT NULL DEFAULT false,
  live           text COLLATE "C",  -- id of the change on top after it
  below          text COLLATE "C",  -- id of the element that a change covered
  rolled_back_by text COLLATE "C"
);
CREATE INDEX deployment_figures ON deployment (service, environment, finished_at)
  INCLUDE (state, kind, is_change, rolled_back_by);
CREATE INDEX deployment_unplaced ON deployment (id) WHERE service = '';
CREATE INDEX deployment_last ON deployment (service, environment, kind, finished_at) WHERE state = 'succeeded';
CREATE INDEX deployment_thing ON deployment (source, subject);
CREATE INDEX deployment_commit ON deployment (commit) WHERE commit <> '';

CREATE SEQUENCE place_generation;
-- Every known (service, environment). The generation changes with whatever changes its figures: readers compare it.
CREATE TABLE place (
  service     text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  generation  bigint NOT NULL,
  PRIMARY KEY (service, environment)
);
