-- What was taken out of the ledger on a person's demand: never what it was, but when, by whom, why and how much.
CREATE TABLE erasure (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  erased_at  timestamptz NOT NULL,
  by_whom    text NOT NULL,
  reason     text NOT NULL,
  pseudonym  text NOT NULL, -- what stands in its place
  events     bigint NOT NULL,
  deliveries bigint NOT NULL
);
