-- What a hotfix owes, and what an incident was answered with (figures.md 9). Everything is derived again.
TRUNCATE deployment, incident, flag_change, remedy, work, engagement, place;

ALTER TABLE deployment
  ADD kind_evidence  text NOT NULL DEFAULT '',     -- what a rule matched
  -- of hotfixes in production
  ADD cause          text COLLATE "C",             -- its own, else that of its incident
  ADD is_justified   boolean NOT NULL DEFAULT false,
  ADD is_attributed  boolean NOT NULL DEFAULT false,  -- it remedies a change
  ADD owes_merge     boolean NOT NULL DEFAULT false,  -- not deployed from the default branch
  ADD merged_back_at timestamptz,
  ADD lines_changed  bigint,
  ADD done           text[] NOT NULL DEFAULT '{}';    -- the facts of figures.md 9 that it has
CREATE INDEX deployment_follow_ups ON deployment (service, environment, finished_at) WHERE kind = 'hotfix';

ALTER TABLE incident
  ADD recommended        text,                     -- what the policy says should have been done first
  ADD policy             text NOT NULL DEFAULT '', -- the name of the rule that says so
  ADD is_against_policy  boolean NOT NULL DEFAULT false,
  ADD is_closed_too_early boolean NOT NULL DEFAULT false;

-- What commits say about where code went, folded from the events of every source.
CREATE TABLE commit_seen (
  sha          text COLLATE "C" PRIMARY KEY,
  repository   text COLLATE "C" NOT NULL,
  ref          text COLLATE "C" NOT NULL,          -- of a pull request the branch that it merged
  title        text COLLATE "C" NOT NULL,
  pull_request text COLLATE "C" NOT NULL,
  picked_from  text COLLATE "C" NOT NULL,
  merged_at    timestamptz NOT NULL,
  reached_at   timestamptz                         -- the default branch
);
CREATE INDEX commit_seen_picked ON commit_seen (picked_from) WHERE picked_from <> '';
CREATE INDEX commit_seen_ref ON commit_seen (repository, md5(ref)) WHERE pull_request <> '';
CREATE INDEX commit_seen_title ON commit_seen (repository, md5(title)) WHERE pull_request <> '';

-- Names that nothing configures, by their first receipt: the first ones of each kind stay, the rest are one.
CREATE TABLE known_name (
  kind        text NOT NULL,                       -- service, environment, team
  name        text COLLATE "C" NOT NULL,
  received_at timestamptz NOT NULL,
  source      text COLLATE "C" NOT NULL,
  id          text COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, name)
);

-- By which rules the past was derived: others apply to it by a rebuild.
CREATE TABLE derived_by (
  one         boolean PRIMARY KEY DEFAULT true CHECK (one),
  fingerprint text NOT NULL
);

-- What deriving writes: the one list of it. Deriving everything again happens in temporary twins of these tables.
CREATE FUNCTION derived_tables() RETURNS text[] LANGUAGE sql IMMUTABLE
  RETURN ARRAY['deployment', 'incident', 'commit_seen', 'flag_change', 'remedy', 'work', 'engagement', 'known_name', 'place'];

-- Empty twins under the same names: the same SQL then derives into them (pg_temp comes first).
CREATE FUNCTION shadow_derived_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY derived_tables() || ARRAY['touched'] LOOP
    EXECUTE format('CREATE TEMPORARY TABLE %1$I (LIKE public.%1$I INCLUDING ALL) ON COMMIT DROP', t);
  END LOOP;
END $$;

CREATE FUNCTION drop_shadows() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY derived_tables() || ARRAY['touched'] LOOP
    EXECUTE format('DROP TABLE pg_temp.%I', t);
  END LOOP;
END $$;

-- Rows that differ between the real tables and their twins. A place's generation only counts how often it was written.
CREATE FUNCTION shadow_differences() RETURNS TABLE (derived_table text, side text, differing jsonb) LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY derived_tables() LOOP
    RETURN QUERY EXECUTE format(
      'WITH stored AS (SELECT to_jsonb(r) - ''generation'' AS r FROM public.%1$I r),
            derived AS (SELECT to_jsonb(r) - ''generation'' AS r FROM pg_temp.%1$I r)
       SELECT %1$L, ''stored'', r FROM (SELECT r FROM stored EXCEPT SELECT r FROM derived) AS s
       UNION ALL SELECT %1$L, ''derived'', r FROM (SELECT r FROM derived EXCEPT SELECT r FROM stored) AS d', t);
  END LOOP;
END $$;

-- Writes what differs into the real tables and returns how many rows did. A rebuild that changed anything gives every place
-- a new generation, so that every reader reads again.
CREATE FUNCTION apply_shadows() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE t text; keys text; n bigint; total bigint := 0;
BEGIN
  FOREACH t IN ARRAY array_remove(derived_tables(), 'place') LOOP
    SELECT string_agg(format('r.%1$I = wrong.%1$I', a.attname), ' AND ') INTO keys
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = format('public.%I', t)::regclass AND i.indisprimary;
    EXECUTE format('DELETE FROM public.%1$I r USING (SELECT * FROM public.%1$I EXCEPT SELECT * FROM pg_temp.%1$I) AS wrong WHERE ' || keys, t);
    GET DIAGNOSTICS n = ROW_COUNT;
    total := total + n;
    EXECUTE format('INSERT INTO public.%1$I SELECT * FROM (SELECT * FROM pg_temp.%1$I EXCEPT SELECT * FROM public.%1$I) AS missing', t);
    GET DIAGNOSTICS n = ROW_COUNT;
    total := total + n;
  END LOOP;
  SELECT count(*) INTO n FROM (
    (SELECT service, environment, production, team FROM public.place EXCEPT SELECT service, environment, production, team FROM pg_temp.place)
    UNION ALL
    (SELECT service, environment, production, team FROM pg_temp.place EXCEPT SELECT service, environment, production, team FROM public.place)) AS p;
  total := total + n;
  IF total > 0 THEN
    DELETE FROM public.place p WHERE NOT EXISTS (
      SELECT FROM pg_temp.place s WHERE s.service = p.service AND s.environment = p.environment);
    INSERT INTO public.place SELECT service, environment, nextval('place_generation'), production, team FROM pg_temp.place
    ON CONFLICT (service, environment) DO UPDATE
    SET generation = excluded.generation, production = excluded.production, team = excluded.team;
  END IF;
  RETURN total;
END $$;

INSERT INTO touched (thing, source, subject)
SELECT thing, source, subject FROM event GROUP BY thing, source, subject ORDER BY min(time);
