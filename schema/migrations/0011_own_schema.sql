-- The schema of the session, not `public`, has the real tables beside their temporary twins: several divisions in one
-- database each have a schema of their own.
CREATE OR REPLACE FUNCTION shadow_derived_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY derived_tables() || ARRAY['touched'] LOOP
    EXECUTE format('CREATE TEMPORARY TABLE %2$I (LIKE %1$I.%2$I INCLUDING ALL) ON COMMIT DROP', current_schema(), t);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION shadow_differences() RETURNS TABLE (derived_table text, side text, differing jsonb) LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY derived_tables() LOOP
    RETURN QUERY EXECUTE format(
      'WITH stored AS (SELECT to_jsonb(r) - ''generation'' AS r FROM %1$I.%2$I r),
            derived AS (SELECT to_jsonb(r) - ''generation'' AS r FROM pg_temp.%2$I r)
       SELECT %2$L, ''stored'', r FROM (SELECT r FROM stored EXCEPT SELECT r FROM derived) AS s
       UNION ALL SELECT %2$L, ''derived'', r FROM (SELECT r FROM derived EXCEPT SELECT r FROM stored) AS d', current_schema(), t);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION apply_shadows() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE t text; keys text; n bigint; total bigint := 0;
BEGIN
  FOREACH t IN ARRAY array_remove(derived_tables(), 'place') LOOP
    SELECT string_agg(format('r.%1$I = wrong.%1$I', a.attname), ' AND ') INTO keys
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = format('%I.%I', current_schema(), t)::regclass AND i.indisprimary;
    EXECUTE format('DELETE FROM %1$I.%2$I r USING (SELECT * FROM %1$I.%2$I EXCEPT SELECT * FROM pg_temp.%2$I) AS wrong WHERE ' || keys, current_schema(), t);
    GET DIAGNOSTICS n = ROW_COUNT;
    total := total + n;
    EXECUTE format('INSERT INTO %1$I.%2$I SELECT * FROM (SELECT * FROM pg_temp.%2$I EXCEPT SELECT * FROM %1$I.%2$I) AS missing', current_schema(), t);
    GET DIAGNOSTICS n = ROW_COUNT;
    total := total + n;
  END LOOP;
  EXECUTE format(
    'SELECT count(*) FROM (
       (SELECT service, environment, production, team FROM %1$I.place EXCEPT SELECT service, environment, production, team FROM pg_temp.place)
       UNION ALL
       (SELECT service, environment, production, team FROM pg_temp.place EXCEPT SELECT service, environment, production, team FROM %1$I.place)) AS p',
    current_schema()) INTO n;
  total := total + n;
  IF total > 0 THEN
    EXECUTE format(
      'DELETE FROM %1$I.place p WHERE NOT EXISTS (
         SELECT FROM pg_temp.place s WHERE s.service = p.service AND s.environment = p.environment)', current_schema());
    EXECUTE format(
      'INSERT INTO %1$I.place SELECT service, environment, nextval(''place_generation''), production, team FROM pg_temp.place
       ON CONFLICT (service, environment) DO UPDATE
       SET generation = excluded.generation, production = excluded.production, team = excluded.team', current_schema());
  END IF;
  RETURN total;
END $$;

-- Deployments of another kind in the shadow than in the real table.
CREATE FUNCTION shadow_moved() RETURNS TABLE (service text, environment text, source text, subject text, version text,
                                              finished_at bigint, kind_before text, reason_before text, kind text, reason text) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT s.service, s.environment, s.source, s.subject, s.version, microseconds(s.finished_at), s.kind, s.kind_reason, d.kind, d.kind_reason
     FROM %I.deployment s JOIN pg_temp.deployment d USING (id)
     WHERE s.kind IS DISTINCT FROM d.kind AND s.kind IS NOT NULL AND d.kind IS NOT NULL
     ORDER BY s.finished_at, s.source, s.subject, s.service, s.environment', current_schema());
END $$;

-- What is ordered within a day by version, where a source knows only the day (figures.md 23.11); else empty.
ALTER TABLE deployment ADD day_order text COLLATE "C" NOT NULL DEFAULT '';

-- The derivation_version of the program that derived the tables; 0: a rebuild is due, as after each migration.
ALTER TABLE derived_by ADD version integer NOT NULL DEFAULT 0;
