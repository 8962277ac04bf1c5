-- What lists page through: of each service the latest first.
CREATE INDEX deployment_list ON deployment (service, coalesce(finished_at, started_at, created_at, 'epoch') DESC, id DESC);
CREATE INDEX incident_list ON incident (service, started_at DESC, id DESC);
