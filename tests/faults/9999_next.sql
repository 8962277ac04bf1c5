-- What a release of the future may add beside what is there: columns and an index. It takes nothing away that the release
-- before it writes or reads; the rebuild after it derives everything again.
ALTER TABLE event ADD COLUMN next text;
ALTER TABLE delivery ADD COLUMN next text;
CREATE INDEX event_next ON event (next) WHERE next IS NOT NULL;
