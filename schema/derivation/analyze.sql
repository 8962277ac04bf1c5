ANALYZE deployment, incident
