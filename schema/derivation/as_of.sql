-- Only events received before an instant, under the name of all events: the same SQL then derives from it (pg_temp comes
-- first).
CREATE TEMPORARY TABLE as_of (at timestamptz NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY VIEW event AS SELECT e.* FROM event e WHERE e.received_at < (SELECT at FROM pg_temp.as_of)
