DROP TABLE pg_temp.deployment, pg_temp.incident, pg_temp.flag_change, pg_temp.remedy, pg_temp.work, pg_temp.engagement, pg_temp.commit_seen, pg_temp.known_name, pg_temp.place, pg_temp.touched
