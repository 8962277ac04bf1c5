-- What a hotfix owes, and what an incident was answered with (figures.md 9). Everything is derived again.
TRUNCATE deployment, incident, flag_change, remedy, work, engagement, place;

ALTER TABLE deployment
  ADD kind_evidence  text NOT NULL DEFAULT '',     -- what a rule matched
  -- of hotfixes in production
  ADD cause          text COLLATE "C",             -- its own, else that of its incident
  ADD is_justified   boolean NOT NULL DEFAULT false,
  ADD is_attributed  boolean NOT NULL DEFAULT false,  -- it remedies a change
  ADD owes_merge     boolean NOT NULL DEFAULT false,  -- not deployed from the default branch
  ADD merged_back_at timestamptz,
  ADD lines_changed  bigint,
  ADD done           text[] NOT NULL DEFAULT '{}';    -- the facts of figures.md 9 that it has
CREATE INDEX deployment_follow_ups ON deployment (service, environment, finished_at) WHERE kind = 'hotfix';

ALTER TABLE incident
  ADD recommended        text,                     -- what the policy says should have been done first
  ADD policy             text NOT NULL DEFAULT '', -- the name of the rule that says so
  ADD is_against_policy  boolean NOT NULL DEFAULT false,
  ADD is_closed_too_early boolean NOT NULL DEFAULT false;

-- What commits say about where code went, folded from the events of every source.
CREATE TABLE commit_seen (
  sha          text COLLATE "C" PRIMARY KEY,
  repository   text COLLATE "C" NOT NULL,
  ref          text COLLATE "C" NOT NULL,          -- of a pull request the branch that it merged
  title        text COLLATE "C" NOT NULL,
  pull_request text COLLATE "C" NOT NULL,
  picked_from  text COLLATE "C" NOT NULL,
  merged_at    timestamptz NOT NULL,
  reached_at   timestamptz                         -- the default branch
);
CREATE INDEX commit_seen_picked ON commit_seen (picked_from) WHERE picked_from <> '';
CREATE INDEX commit_seen_ref ON commit_seen (repository, md5(ref)) WHERE pull_request <> '';
CREATE INDEX commit_seen_title ON commit_seen (repository, md5(title)) WHERE pull_request <> '';

-- Names that nothing configures, by their first receipt: the first ones of each kind stay, the rest are one.
CREATE TABLE known_name (
  kind        text NOT NULL,                       -- service, environment, team
  name        text COLLATE "C" NOT NULL,
  received_at timestamptz NOT NULL,
  source      text COLLATE "C" NOT NULL,
  id          text COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, name)
);

-- By which rules the past was derived: others apply to it by a rebuild.
CREATE TABLE derived_by (
  one         boolean PRIMARY KEY DEFAULT true CHECK (one),
  fingerprint text NOT NULL
);

INSERT INTO touched (thing, source, subject)
SELECT thing, source, subject FROM event GROUP BY thing, source, subject ORDER BY min(time);
