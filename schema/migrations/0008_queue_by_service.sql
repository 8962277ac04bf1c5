-- A long queue is derived service by service: of each place's stack only what one step ends with is read by the next.
ALTER TABLE touched ADD service text COLLATE "C" NOT NULL DEFAULT '';  -- as the event names it, shortened; a hint
CREATE INDEX touched_service ON touched (service, n);
