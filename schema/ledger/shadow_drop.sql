DROP TABLE pg_temp.deployment, pg_temp.place, pg_temp.touched
