-- What was open at an instant of the past, too.
CREATE INDEX incident_resolved ON incident (service, environment, resolved_at);
DROP INDEX incident_open;
