-- What went wrong and what was done about it: derived like the deployments, by the same protocol. All of it is derived
-- again from the events, for the stack keeps more than it did.
TRUNCATE deployment, place;

CREATE FUNCTION microseconds(timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (extract(epoch FROM $1) * 1000000)::bigint;

ALTER TABLE deployment
  ADD production      boolean NOT NULL DEFAULT false,
  ADD first_commit_at timestamptz,
  ADD covers_since    timestamptz,   -- of one that made an element of the stack: since when the one below is covered
  -- of changes (figures.md 7)
  ADD failed          boolean NOT NULL DEFAULT false,
  ADD issue_at        timestamptz,
  ADD recovered_at    timestamptz,
  ADD first_remedy    text,          -- rollback, flag, hotfix
  -- of hotfixes: the detection from which the response counts
  ADD response_from   timestamptz;
DROP INDEX deployment_figures;
CREATE INDEX deployment_figures ON deployment (service, environment, finished_at)
  INCLUDE (state, kind, is_change, rolled_back_by, failed, issue_at, recovered_at, first_remedy, first_commit_at, response_from);
CREATE INDEX deployment_returned ON deployment (live) WHERE kind = 'rollback';
CREATE INDEX deployment_popped ON deployment (rolled_back_by) WHERE rolled_back_by IS NOT NULL;
CREATE INDEX deployment_hotfixes ON deployment (service, environment, started_at) WHERE kind = 'hotfix';
CREATE INDEX deployment_attempts ON deployment USING gist (tstzrange(started_at, finished_at)) WHERE started_at < finished_at;
CREATE INDEX deployment_subject ON deployment (subject);
CREATE INDEX deployment_version ON deployment (version, finished_at) WHERE version <> '';
CREATE INDEX deployment_fixes ON deployment (lower((facts->>'fixes') COLLATE "C")) WHERE facts ? 'fixes';
CREATE INDEX deployment_names_incident ON deployment ((facts->>'incident')) WHERE facts ? 'incident';
CREATE INDEX deployment_team ON deployment (service, finished_at DESC NULLS LAST) WHERE facts ? 'team';

ALTER TABLE place
  ADD production boolean NOT NULL DEFAULT false,
  ADD team       text COLLATE "C" NOT NULL DEFAULT '';  -- as the service's last deployment that names one has it

-- One row for each service of an incident; one with an empty service if it names none.
CREATE TABLE incident (
  id              text COLLATE "C" PRIMARY KEY,
  source          text COLLATE "C" NOT NULL,
  subject         text COLLATE "C" NOT NULL,
  service         text COLLATE "C" NOT NULL,
  environment     text COLLATE "C" NOT NULL,
  production      boolean NOT NULL,
  state           text NOT NULL,
  severity        smallint,
  started_at      timestamptz NOT NULL,   -- t of figures.md 5
  detected_at     timestamptz NOT NULL,
  acknowledged_at timestamptz,
  restored_at     timestamptz,
  resolved_at     timestamptz,
  stretches       tstzmultirange NOT NULL,
  culprit         text COLLATE "C" NOT NULL,
  facts           jsonb NOT NULL,
  overrides       jsonb NOT NULL,
  blamed          text COLLATE "C",       -- id of a change
  reason          text NOT NULL,          -- why it is unattributed
  decided_at      timestamptz,            -- start of the remedy that was decided for
  decided_way     text
);
CREATE INDEX incident_figures ON incident (service, environment, started_at);
CREATE INDEX incident_thing ON incident (source, subject);
CREATE INDEX incident_subject ON incident (subject);
CREATE INDEX incident_blamed ON incident (blamed) WHERE blamed IS NOT NULL;
CREATE INDEX incident_culprit ON incident (lower(culprit)) WHERE culprit <> '';
CREATE INDEX incident_stretches ON incident USING gist (stretches);
CREATE INDEX incident_open ON incident (service, environment) WHERE resolved_at IS NULL;

CREATE TABLE flag_change (
  id          text COLLATE "C" PRIMARY KEY,
  source      text COLLATE "C" NOT NULL,
  subject     text COLLATE "C" NOT NULL,
  service     text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  flag        text COLLATE "C" NOT NULL,
  incident    text COLLATE "C" NOT NULL,
  is_on       boolean NOT NULL,
  at          timestamptz NOT NULL
);
CREATE INDEX flag_change_incident ON flag_change (incident) WHERE incident <> '';
CREATE INDEX flag_change_thing ON flag_change (source, subject);

CREATE TABLE remedy (
  id               text COLLATE "C" PRIMARY KEY,
  way              text NOT NULL,
  by               text COLLATE "C" NOT NULL,   -- id of a deployment or of a flag change
  change           text COLLATE "C",            -- id of the change remedied; null: it only names an incident
  incident_source  text COLLATE "C",
  incident_subject text COLLATE "C",
  started_at       timestamptz NOT NULL,
  finished_at      timestamptz NOT NULL
);
CREATE INDEX remedy_change ON remedy (change) WHERE change IS NOT NULL;
CREATE INDEX remedy_by ON remedy (by);
CREATE INDEX remedy_incident ON remedy (incident_subject, incident_source) WHERE incident_subject IS NOT NULL;

CREATE TABLE work (
  id       text COLLATE "C" PRIMARY KEY,
  source   text COLLATE "C" NOT NULL,
  subject  text COLLATE "C" NOT NULL,
  person   text COLLATE "C" NOT NULL,
  incident text COLLATE "C" NOT NULL,
  service  text COLLATE "C" NOT NULL,
  begins   timestamptz,
  ends     timestamptz,
  seconds  bigint,
  at       timestamptz NOT NULL
);
CREATE INDEX work_incident ON work (incident) WHERE incident <> '';
CREATE INDEX work_thing ON work (source, subject);
CREATE INDEX work_service ON work (service, at);

-- Firefighting (figures.md 8): range_agg and multirange subtraction make the figure.
CREATE TABLE engagement (
  id          text COLLATE "C" PRIMARY KEY,
  thing       text NOT NULL,               -- incident, or work that names none
  source      text COLLATE "C" NOT NULL,
  subject     text COLLATE "C" NOT NULL,
  service     text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,   -- empty: work on a service; it counts in its first production environment
  method      text NOT NULL,
  person      text COLLATE "C" NOT NULL,   -- empty: the team's anonymous person
  during      tstzrange,                   -- null: `seconds` at `at`
  at          timestamptz NOT NULL,
  seconds     bigint,
  piece       text COLLATE "C" NOT NULL    -- the same in every service: what counts once in a team
);
CREATE INDEX engagement_thing ON engagement (source, subject);
CREATE INDEX engagement_service ON engagement (service, environment);

INSERT INTO touched (thing, source, subject)
SELECT thing, source, subject FROM event GROUP BY thing, source, subject ORDER BY min(time);
