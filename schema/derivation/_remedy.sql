r.way, r.by, r.change, r.incident_source, r.incident_subject, microseconds(r.started_at) AS started_at,
microseconds(r.finished_at) AS finished_at
