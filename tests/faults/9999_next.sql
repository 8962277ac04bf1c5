-- Additions of a future release: columns and an index. It removes nothing that the previous release reads or writes; the
-- rebuild after it derives everything again.
ALTER TABLE event ADD COLUMN next text;
ALTER TABLE delivery ADD COLUMN next text;
CREATE INDEX event_next ON event (next) WHERE next IS NOT NULL;
