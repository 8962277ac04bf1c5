-- The ledger: what came in, word for word, and what it said. Names are compared bytewise everywhere (figures.md §2).

CREATE TABLE delivery (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source      text COLLATE "C" NOT NULL,
  key         text COLLATE "C" NOT NULL,  -- what makes a repeated delivery the same one
  received_at timestamptz NOT NULL,
  outcome     text NOT NULL CHECK (outcome IN ('accepted', 'dead', 'imported')),
  detail      text NOT NULL,              -- of a dead one: why it could not be read
  headers     jsonb NOT NULL,             -- without signatures and tokens
  body        bytea NOT NULL,             -- zlib
  UNIQUE (source, key)
);
-- compressed already
ALTER TABLE delivery ALTER body SET STORAGE EXTERNAL;
CREATE INDEX delivery_dead ON delivery (id) WHERE outcome = 'dead';

CREATE TABLE event (
  source      text COLLATE "C" NOT NULL,
  id          text COLLATE "C" NOT NULL,
  type        text COLLATE "C" NOT NULL,
  thing       text COLLATE "C" NOT NULL,  -- the type of the thing it is about: of a retraction, what it retracts
  subject     text COLLATE "C" NOT NULL,
  time        timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  is_override boolean NOT NULL,
  delivery    bigint NOT NULL,            -- no foreign key: bodies may be dropped by age, events stay
  fields      jsonb NOT NULL,
  PRIMARY KEY (source, id)
);
CREATE INDEX event_thing ON event (thing, source, subject);
CREATE INDEX event_commit ON event (subject) WHERE thing = 'commit';

-- A queue of things to derive again: insert-only and never unique, so that no update is lost.
CREATE TABLE touched (
  n       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  thing   text COLLATE "C" NOT NULL,
  source  text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL
);
CREATE INDEX event_received ON event (received_at, source, id);
