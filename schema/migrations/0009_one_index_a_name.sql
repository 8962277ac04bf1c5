-- What is found by the name that a sender gave it is found by name and source in the same index.
DROP INDEX deployment_thing, deployment_subject, incident_thing, incident_subject;
CREATE INDEX deployment_thing ON deployment (subject, source);
CREATE INDEX incident_thing ON incident (subject, source);
