-- What decides which reports of several tools are one incident (figures.md 18), of each alone; names in small letters.
CREATE TABLE incident_name (
  source        text COLLATE "C" NOT NULL,
  subject       text COLLATE "C" NOT NULL,
  ids           jsonb NOT NULL,          -- of its rows, were it alone: links that people kept
  url           text NOT NULL,
  started_at    timestamptz NOT NULL,
  received_at   timestamptz NOT NULL,
  stretches     tstzmultirange NOT NULL,
  is_production boolean NOT NULL,
  is_let_in     boolean NOT NULL,        -- by the filters of its source
  names         jsonb NOT NULL,
  keys          jsonb NOT NULL,          -- names that its tool uses again for later incidents
  links         jsonb NOT NULL,          -- names and keys of others
  same_as       jsonb NOT NULL,
  PRIMARY KEY (source, subject)
);
CREATE INDEX incident_name_ids ON incident_name USING gin (ids);
CREATE INDEX incident_name_names ON incident_name USING gin (names);
CREATE INDEX incident_name_keys ON incident_name USING gin (keys);
CREATE INDEX incident_name_links ON incident_name USING gin ((links || same_as));

-- Which incident each of them is. Every one is at least the only member of its own; one that only adds facts may be
-- several.
CREATE TABLE incident_member (
  id              text COLLATE "C" PRIMARY KEY,
  source          text COLLATE "C" NOT NULL,
  subject         text COLLATE "C" NOT NULL,
  joined_source   text COLLATE "C" NOT NULL,  -- of the rows in incident: the member received first
  joined_subject  text COLLATE "C" NOT NULL,
  position        integer NOT NULL,           -- 0: the lead
  only_adds_facts boolean NOT NULL,
  evidence        text NOT NULL               -- what joins it; of the lead empty
);
CREATE INDEX incident_member_thing ON incident_member (subject, source);
CREATE INDEX incident_member_joined ON incident_member (joined_source, joined_subject);

INSERT INTO incident_member SELECT DISTINCT ON (source, subject) id, source, subject, source, subject, 0, false, '' FROM incident;

CREATE OR REPLACE FUNCTION derived_tables() RETURNS text[] LANGUAGE sql IMMUTABLE
  RETURN ARRAY['deployment', 'incident', 'incident_name', 'incident_member', 'commit_seen', 'flag_change', 'remedy', 'work',
               'engagement', 'known_name', 'place'];
