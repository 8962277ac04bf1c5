-- What a release of the future may add beside what is there: columns, an index, and everything to derive again. It takes
-- nothing away that the release before it writes or reads.
ALTER TABLE event ADD COLUMN next text;
ALTER TABLE delivery ADD COLUMN next text;
CREATE INDEX event_next ON event (next) WHERE next IS NOT NULL;
INSERT INTO touched (thing, source, subject) SELECT DISTINCT thing, source, subject FROM event;
