-- Shadows `event` with a temporary view of the events received before an instant, so that the same SQL derives from the view
-- (pg_temp is searched first).
CREATE TEMPORARY TABLE as_of (at timestamptz NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY VIEW event AS SELECT e.* FROM event e WHERE e.received_at < (SELECT at FROM pg_temp.as_of)
