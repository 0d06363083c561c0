-- The registry, the policies, the runs and what keeps them honest.
--
-- Words are those of docs/ARCHITECTURE.md. Objects are named by codes; ids exist only where a ranking names
-- millions of them. Every constraint has a name, since the daemon turns names into sentences.

-- Words with a fixed set -----------------------------------------------------------------------------------

CREATE TYPE stage AS ENUM (
  'pre_seed', 'angel', 'seed', 'series_a', 'series_b', 'series_c', 'series_d', 'growth', 'pre_ipo', 'public');
CREATE TYPE round_kind AS ENUM (
  'pre_seed', 'angel', 'seed', 'series_a', 'series_b', 'series_c', 'series_d', 'growth', 'pre_ipo',
  'ipo', 'grant', 'debt', 'other');
CREATE TYPE instrument AS ENUM ('equity', 'convertible', 'safe', 'debt', 'grant', 'other');
CREATE TYPE risk_class AS ENUM ('R1', 'R2', 'R3', 'R4', 'R5');
CREATE TYPE risk_tolerance AS ENUM ('C1', 'C2', 'C3', 'C4', 'C5');
CREATE TYPE investor_kind AS ENUM (
  'state_fund', 'sub_fund', 'vc', 'cvc', 'angel', 'bank', 'family_office', 'other');
CREATE TYPE owner_kind AS ENUM ('institute', 'firm', 'investor');
CREATE TYPE roadshow_kind AS ENUM ('roadshow', 'competition');
CREATE TYPE run_state AS ENUM ('running', 'published', 'cancelled', 'failed');

-- Words with a form ----------------------------------------------------------------------------------------

CREATE DOMAIN code AS text COLLATE "C"
  CONSTRAINT code_form CHECK (VALUE ~ '^[A-Za-z0-9_./:-]{1,160}$');
CREATE DOMAIN short_text AS text
  CONSTRAINT short_text_form CHECK (char_length(VALUE) BETWEEN 1 AND 200 AND VALUE !~ '[\x01-\x1F\x7F]');
CREATE DOMAIN long_text AS text
  CONSTRAINT long_text_form CHECK (char_length(VALUE) BETWEEN 1 AND 2000 AND VALUE !~ '[\x01-\x1F\x7F]');
CREATE DOMAIN currency_code AS text COLLATE "C" CONSTRAINT currency_form CHECK (VALUE ~ '^[A-Z]{3}$');
-- Whole units of a currency.
CREATE DOMAIN amount AS bigint CONSTRAINT amount_range CHECK (VALUE BETWEEN 0 AND 1000000000000000);

CREATE FUNCTION is_time_zone(name text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  PERFORM timezone(name, timestamptz '2000-01-01 00:00:00+00');
  RETURN true;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN false;
END $$;

CREATE DOMAIN time_zone_name AS text CONSTRAINT time_zone_known CHECK (is_time_zone(VALUE));

-- Names that differ only in case, punctuation, spaces and the form of the company have the same key.
CREATE FUNCTION name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(
    regexp_replace(
      lower(name), '\m(co|company|corp|corporation|inc|llc|ltd|limited|gmbh|plc|group|holdings?)\M|股份有限公司|有限责任公司|有限公司|集团|公司',
      '', 'g'),
    '[^[:alnum:]]', '', 'g')
$$;

-- What every object of the registry keeps of its changes -----------------------------------------------------

-- changed_xid is the transaction that last changed the row or what is scored with it. A reader that holds a
-- snapshot finds all that is new to it as the rows whose changed_xid that snapshot does not see; unlike a
-- sequence or a clock this misses nothing that commits late.

-- A row that is written the same is not a change; a change of changed_xid alone is a touch (a holding or a
-- round of the row changed) and leaves the version as it is.
CREATE FUNCTION row_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.code <> OLD.code THEN
    RAISE EXCEPTION 'the code of a row is fixed' USING ERRCODE = '23514', CONSTRAINT = 'code_is_fixed';
  END IF;
  IF NEW.changed_xid = OLD.changed_xid THEN
    NEW.version := OLD.version + 1;
    NEW.changed_at := now();
    NEW.changed_xid := pg_current_xact_id();
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are not deleted', TG_TABLE_NAME
    USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_rows_stay', HINT = 'Retire it instead.';
END $$;

-- A hint to daemons that something changed; what changed they read from changed_xid.
CREATE FUNCTION notify_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('bellwether_changed', TG_TABLE_NAME);
  RETURN NULL;
END $$;

-- Sectors --------------------------------------------------------------------------------------------------

CREATE TABLE sector (
  code code CONSTRAINT sector_pkey PRIMARY KEY
    CONSTRAINT sector_code_without_colon CHECK (strpos(code, ':') = 0),
  name short_text NOT NULL,
  name_zh short_text,
  parent code CONSTRAINT sector_parent_fkey REFERENCES sector (code),
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id());

-- The sectors form a tree of at most 8 levels and 4096 nodes.
CREATE FUNCTION sectors_form_a_tree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  reached bigint;
BEGIN
  WITH RECURSIVE tree (code, depth) AS (
    SELECT code, 1 FROM sector WHERE parent IS NULL
    UNION ALL
    SELECT sector.code, tree.depth + 1 FROM sector JOIN tree ON sector.parent = tree.code WHERE tree.depth < 8)
  SELECT count(*) INTO reached FROM tree;
  IF reached <> (SELECT count(*) FROM sector) OR reached > 4096 THEN
    RAISE EXCEPTION 'the sectors form no tree of at most 8 levels and 4096 nodes'
      USING ERRCODE = '23514', CONSTRAINT = 'sector_tree';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER sector_changes BEFORE UPDATE ON sector FOR EACH ROW EXECUTE FUNCTION row_changes();
CREATE TRIGGER sector_tree AFTER INSERT OR UPDATE ON sector FOR EACH STATEMENT EXECUTE FUNCTION sectors_form_a_tree();
CREATE TRIGGER sector_rows_stay BEFORE DELETE OR TRUNCATE ON sector FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();
CREATE TRIGGER sector_notify AFTER INSERT OR UPDATE ON sector FOR EACH STATEMENT EXECUTE FUNCTION notify_changed();

-- Arrays cannot have foreign keys, so the same is said by triggers: every sector named exists. Sectors are
-- never deleted and their codes never change, so a check when a row is written is enough.
CREATE FUNCTION fields_exist() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  missing text;
BEGIN
  SELECT named.code INTO missing FROM written, unnest(written.fields) AS named (code)
    WHERE NOT EXISTS (SELECT FROM sector WHERE sector.code = named.code) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'sector "%" does not exist', missing
      USING ERRCODE = '23503', CONSTRAINT = TG_TABLE_NAME || '_fields_exist', COLUMN = 'fields';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION sectors_exist() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  missing text;
BEGIN
  SELECT named.code INTO missing FROM written, unnest(written.sectors) AS named (code)
    WHERE NOT EXISTS (SELECT FROM sector WHERE sector.code = named.code) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'sector "%" does not exist', missing
      USING ERRCODE = '23503', CONSTRAINT = TG_TABLE_NAME || '_sectors_exist', COLUMN = 'sectors';
  END IF;
  RETURN NULL;
END $$;

-- Institutes -----------------------------------------------------------------------------------------------

CREATE TABLE institute (
  code code CONSTRAINT institute_pkey PRIMARY KEY,
  name short_text NOT NULL,
  name_zh short_text,
  partner short_text,
  fields text[] CONSTRAINT institute_fields_count CHECK (cardinality(fields) <= 8),
  region short_text,
  city short_text,
  founded_on date,
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id());

CREATE TRIGGER institute_changes BEFORE UPDATE ON institute FOR EACH ROW EXECUTE FUNCTION row_changes();
CREATE TRIGGER institute_fields_added AFTER INSERT ON institute REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION fields_exist();
CREATE TRIGGER institute_fields_changed AFTER UPDATE ON institute REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION fields_exist();
CREATE TRIGGER institute_rows_stay BEFORE DELETE OR TRUNCATE ON institute
  FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();

-- Candidates: projects and firms ---------------------------------------------------------------------------

-- One sequence for both, so that an id names a candidate whatever its kind.
CREATE SEQUENCE candidate_id AS integer;

CREATE TABLE project (
  code code CONSTRAINT project_pkey PRIMARY KEY,
  id integer NOT NULL DEFAULT nextval('candidate_id') CONSTRAINT project_id_key UNIQUE,
  name short_text NOT NULL,
  name_zh short_text,
  institute code NOT NULL CONSTRAINT project_institute_fkey REFERENCES institute (code),
  sectors text[] NOT NULL CONSTRAINT project_sectors_count CHECK (cardinality(sectors) BETWEEN 1 AND 8),
  trl smallint CONSTRAINT project_trl_range CHECK (trl BETWEEN 1 AND 9),
  ask amount,
  currency currency_code,
  region short_text,
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id());

CREATE INDEX project_changed ON project (changed_xid);
CREATE INDEX project_institute ON project (institute);
CREATE TRIGGER project_changes BEFORE UPDATE ON project FOR EACH ROW EXECUTE FUNCTION row_changes();
CREATE TRIGGER project_sectors_added AFTER INSERT ON project REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION sectors_exist();
CREATE TRIGGER project_sectors_changed AFTER UPDATE ON project REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION sectors_exist();
CREATE TRIGGER project_rows_stay BEFORE DELETE OR TRUNCATE ON project
  FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();
CREATE TRIGGER project_notify AFTER INSERT OR UPDATE ON project FOR EACH STATEMENT EXECUTE FUNCTION notify_changed();

CREATE TABLE firm (
  code code CONSTRAINT firm_pkey PRIMARY KEY,
  id integer NOT NULL DEFAULT nextval('candidate_id') CONSTRAINT firm_id_key UNIQUE,
  name short_text NOT NULL,
  name_key text GENERATED ALWAYS AS (name_key(name)) STORED,
  name_zh short_text,
  institute code CONSTRAINT firm_institute_fkey REFERENCES institute (code),
  sectors text[] NOT NULL CONSTRAINT firm_sectors_count CHECK (cardinality(sectors) BETWEEN 1 AND 8),
  stage stage NOT NULL,
  trl smallint CONSTRAINT firm_trl_range CHECK (trl BETWEEN 1 AND 9),
  risk risk_class,
  region short_text,
  city short_text,
  country short_text,
  founded_on date,
  ask amount,
  currency currency_code,
  round round_kind,
  instrument instrument,
  seeking_lead boolean,
  summary long_text,
  -- What a firm was merged into, and what it was spun out of.
  merged_into code CONSTRAINT firm_merged_into_fkey REFERENCES firm (code)
    CONSTRAINT firm_merged_into_other CHECK (merged_into <> code),
  project code CONSTRAINT firm_project_fkey REFERENCES project (code),
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id());

CREATE INDEX firm_changed ON firm (changed_xid);
CREATE INDEX firm_institute ON firm (institute);
CREATE INDEX firm_name_key ON firm (name_key);
CREATE TRIGGER firm_changes BEFORE UPDATE ON firm FOR EACH ROW EXECUTE FUNCTION row_changes();
CREATE TRIGGER firm_sectors_added AFTER INSERT ON firm REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION sectors_exist();
CREATE TRIGGER firm_sectors_changed AFTER UPDATE ON firm REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION sectors_exist();
CREATE TRIGGER firm_rows_stay BEFORE DELETE OR TRUNCATE ON firm FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();
CREATE TRIGGER firm_notify AFTER INSERT OR UPDATE ON firm FOR EACH STATEMENT EXECUTE FUNCTION notify_changed();

-- Investors ------------------------------------------------------------------------------------------------

CREATE TABLE investor (
  code code CONSTRAINT investor_pkey PRIMARY KEY,
  id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT investor_id_key UNIQUE,
  name short_text NOT NULL,
  name_zh short_text,
  kind investor_kind NOT NULL,
  parent code CONSTRAINT investor_parent_fkey REFERENCES investor (code),
  stages stage[],
  -- Weights by sector, {"ai": 0.8}.
  sectors jsonb CONSTRAINT investor_sectors_form CHECK (jsonb_typeof(sectors) = 'object'),
  excluded_sectors text[] CONSTRAINT investor_excluded_sectors_count CHECK (cardinality(excluded_sectors) <= 256),
  excluded_firms text[] CONSTRAINT investor_excluded_firms_count CHECK (cardinality(excluded_firms) <= 256),
  risk risk_tolerance,
  -- Steps of risk above tolerance from which it is a veto; 5 is never, unknown is 1.
  risk_veto smallint CONSTRAINT investor_risk_veto_range CHECK (risk_veto BETWEEN 1 AND 5),
  ticket int8range CONSTRAINT investor_ticket_range CHECK (
    NOT isempty(ticket) AND ticket <@ int8range(0, 1000000000000000, '[]')
      OR lower_inf(ticket) AND upper(ticket) <= 1000000000000001
      OR upper_inf(ticket) AND lower(ticket) >= 0),
  currency currency_code,
  regions text[] CONSTRAINT investor_regions_count CHECK (cardinality(regions) <= 64),
  city short_text,
  country short_text,
  lead boolean,
  budget_left amount,
  local_quota smallint CONSTRAINT investor_local_quota_range CHECK (local_quota BETWEEN 0 AND 100),
  concentration_cap smallint CONSTRAINT investor_concentration_cap_range CHECK (concentration_cap BETWEEN 1 AND 100),
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id());

CREATE FUNCTION mandates_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  missing text;
BEGIN
  SELECT named.code INTO missing
    FROM written, LATERAL (
      SELECT jsonb_object_keys(written.sectors) UNION ALL SELECT unnest(written.excluded_sectors)) AS named (code)
    WHERE NOT EXISTS (SELECT FROM sector WHERE sector.code = named.code) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'sector "%" does not exist', missing
      USING ERRCODE = '23503', CONSTRAINT = 'investor_sectors_exist', COLUMN = 'sectors';
  END IF;
  SELECT written.code INTO missing FROM written, jsonb_each(written.sectors) AS weight
    WHERE CASE WHEN jsonb_typeof(weight.value) = 'number'
      THEN weight.value::numeric <= 0 OR weight.value::numeric > 1 OR scale(weight.value::numeric) > 6
      ELSE true END
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'investor "%" has a weight outside 0 to 1', missing
      USING ERRCODE = '23514', CONSTRAINT = 'investor_sectors_weights', COLUMN = 'sectors';
  END IF;
  SELECT written.code INTO missing FROM written
    WHERE (SELECT count(*) FROM jsonb_object_keys(written.sectors)) > 64 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'investor "%" names more than 64 sectors', missing
      USING ERRCODE = '23514', CONSTRAINT = 'investor_sectors_count', COLUMN = 'sectors';
  END IF;
  SELECT named.code INTO missing FROM written, unnest(written.excluded_firms) AS named (code)
    WHERE NOT EXISTS (SELECT FROM firm WHERE firm.code = named.code) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'firm "%" does not exist', missing
      USING ERRCODE = '23503', CONSTRAINT = 'investor_excluded_firms_exist', COLUMN = 'excluded_firms';
  END IF;
  -- A house above itself would make its merged deal list endless.
  WITH RECURSIVE above (start, code, depth) AS (
    SELECT code, parent, 1 FROM written WHERE parent IS NOT NULL
    UNION ALL
    SELECT above.start, investor.parent, above.depth + 1 FROM above JOIN investor ON investor.code = above.code
      WHERE investor.parent IS NOT NULL AND above.depth < 8)
  SELECT start INTO missing FROM above WHERE depth >= 8 OR code = start LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'investor "%" has itself or more than seven houses above it', missing
      USING ERRCODE = '23514', CONSTRAINT = 'investor_parent_tree', COLUMN = 'parent';
  END IF;
  RETURN NULL;
END $$;

CREATE INDEX investor_changed ON investor (changed_xid);
CREATE INDEX investor_parent ON investor (parent);
CREATE TRIGGER investor_changes BEFORE UPDATE ON investor FOR EACH ROW EXECUTE FUNCTION row_changes();
CREATE TRIGGER investor_mandates_added AFTER INSERT ON investor REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION mandates_hold();
CREATE TRIGGER investor_mandates_changed AFTER UPDATE ON investor REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION mandates_hold();
CREATE TRIGGER investor_rows_stay BEFORE DELETE OR TRUNCATE ON investor
  FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();
CREATE TRIGGER investor_notify AFTER INSERT OR UPDATE ON investor FOR EACH STATEMENT EXECUTE FUNCTION notify_changed();

-- Persons --------------------------------------------------------------------------------------------------

-- Persons may be deleted: they have a right to it, and nothing but calendars and sheets names them.
CREATE TABLE person (
  code code CONSTRAINT person_pkey PRIMARY KEY,
  name short_text NOT NULL,
  "of" code NOT NULL,
  of_kind owner_kind NOT NULL,
  institute code GENERATED ALWAYS AS (CASE of_kind WHEN 'institute' THEN "of" END) STORED
    CONSTRAINT person_institute_fkey REFERENCES institute (code),
  firm code GENERATED ALWAYS AS (CASE of_kind WHEN 'firm' THEN "of" END) STORED
    CONSTRAINT person_firm_fkey REFERENCES firm (code),
  investor code GENERATED ALWAYS AS (CASE of_kind WHEN 'investor' THEN "of" END) STORED
    CONSTRAINT person_investor_fkey REFERENCES investor (code),
  email text CONSTRAINT person_email_form CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND octet_length(email) <= 254),
  language text CONSTRAINT person_language_length CHECK (char_length(language) BETWEEN 1 AND 35),
  time_zone time_zone_name,
  title short_text,
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id());

CREATE INDEX person_of ON person ("of");
CREATE TRIGGER person_changes BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION row_changes();

-- Holdings and rounds --------------------------------------------------------------------------------------

CREATE TABLE holding (
  investor code NOT NULL CONSTRAINT holding_investor_fkey REFERENCES investor (code),
  firm code NOT NULL CONSTRAINT holding_firm_fkey REFERENCES firm (code),
  since date,
  round round_kind,
  amount amount,
  currency currency_code,
  exited_on date,
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT holding_key UNIQUE NULLS NOT DISTINCT (investor, firm, since, round),
  CONSTRAINT holding_exited_after_since CHECK (exited_on >= since));

CREATE INDEX holding_firm ON holding (firm);

CREATE TABLE round (
  firm code NOT NULL CONSTRAINT round_firm_fkey REFERENCES firm (code),
  date date NOT NULL,
  kind round_kind NOT NULL,
  amount amount,
  currency currency_code,
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT round_pkey PRIMARY KEY (firm, date, kind));

-- Both sides of a holding and the firm of a round score differently now.
CREATE FUNCTION holdings_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT firm FROM written) AND changed_xid <> pg_current_xact_id();
  UPDATE investor SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT investor FROM written) AND changed_xid <> pg_current_xact_id();
  RETURN NULL;
END $$;

CREATE FUNCTION rounds_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT firm FROM written) AND changed_xid <> pg_current_xact_id();
  RETURN NULL;
END $$;

CREATE TRIGGER holding_added AFTER INSERT ON holding REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION holdings_touch();
CREATE TRIGGER holding_changed AFTER UPDATE ON holding REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION holdings_touch();
CREATE TRIGGER holding_was AFTER UPDATE ON holding REFERENCING OLD TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION holdings_touch();
CREATE TRIGGER holding_deleted AFTER DELETE ON holding REFERENCING OLD TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION holdings_touch();
CREATE TRIGGER holding_rows_stay BEFORE TRUNCATE ON holding FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();
CREATE TRIGGER round_added AFTER INSERT ON round REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION rounds_touch();
CREATE TRIGGER round_changed AFTER UPDATE ON round REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION rounds_touch();
CREATE TRIGGER round_was AFTER UPDATE ON round REFERENCING OLD TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION rounds_touch();
CREATE TRIGGER round_deleted AFTER DELETE ON round REFERENCING OLD TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION rounds_touch();
CREATE TRIGGER round_rows_stay BEFORE TRUNCATE ON round FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();

-- Exchange rates -------------------------------------------------------------------------------------------

CREATE TABLE rate (
  "from" currency_code NOT NULL,
  "to" currency_code NOT NULL,
  rate numeric(15, 6) NOT NULL CONSTRAINT rate_positive CHECK (rate > 0),
  date date NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT rate_pkey PRIMARY KEY ("from", "to", date),
  CONSTRAINT rate_between_two CHECK ("from" <> "to"));

CREATE FUNCTION rate_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := now();
  NEW.changed_xid := pg_current_xact_id();
  RETURN NEW;
END $$;

CREATE TRIGGER rate_changes BEFORE UPDATE ON rate FOR EACH ROW EXECUTE FUNCTION rate_changes();
CREATE TRIGGER rate_rows_stay BEFORE DELETE OR TRUNCATE ON rate FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();
CREATE TRIGGER rate_notify AFTER INSERT OR UPDATE ON rate FOR EACH STATEMENT EXECUTE FUNCTION notify_changed();

-- Roadshows ------------------------------------------------------------------------------------------------

CREATE TABLE roadshow (
  code code CONSTRAINT roadshow_pkey PRIMARY KEY,
  name short_text NOT NULL,
  name_zh short_text,
  kind roadshow_kind,
  starts_on date NOT NULL,
  ends_on date,
  time_zone time_zone_name,
  city short_text,
  venue short_text,
  sectors text[] CONSTRAINT roadshow_sectors_count CHECK (cardinality(sectors) <= 64),
  pitch_places smallint CONSTRAINT roadshow_pitch_places_range CHECK (pitch_places BETWEEN 0 AND 1000),
  tables smallint CONSTRAINT roadshow_tables_range CHECK (tables BETWEEN 0 AND 1000),
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT roadshow_ends_after_start CHECK (ends_on >= starts_on));

CREATE TRIGGER roadshow_changes BEFORE UPDATE ON roadshow FOR EACH ROW EXECUTE FUNCTION row_changes();
CREATE TRIGGER roadshow_sectors_added AFTER INSERT ON roadshow REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION sectors_exist();
CREATE TRIGGER roadshow_sectors_changed AFTER UPDATE ON roadshow REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION sectors_exist();
CREATE TRIGGER roadshow_rows_stay BEFORE DELETE OR TRUNCATE ON roadshow
  FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();

-- Policies, runs and rankings ------------------------------------------------------------------------------

CREATE TABLE policy (
  number integer CONSTRAINT policy_pkey PRIMARY KEY CONSTRAINT policy_number_positive CHECK (number > 0),
  parameters jsonb NOT NULL CONSTRAINT policy_parameters_form CHECK (jsonb_typeof(parameters) = 'object'),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL);

CREATE FUNCTION policies_are_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a policy is never changed' USING ERRCODE = '23514', CONSTRAINT = 'policy_is_fixed',
    HINT = 'Make a new one with POLICY SET.';
END $$;
CREATE TRIGGER policy_is_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON policy
  FOR EACH STATEMENT EXECUTE FUNCTION policies_are_fixed();

CREATE TABLE run (
  number integer CONSTRAINT run_pkey PRIMARY KEY CONSTRAINT run_number_positive CHECK (number > 0),
  policy integer NOT NULL CONSTRAINT run_policy_fkey REFERENCES policy (number),
  state run_state NOT NULL DEFAULT 'running',
  host text NOT NULL,
  started_by text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  -- The registry that was scored: all that this snapshot sees, on this day.
  snapshot pg_snapshot,
  as_of date,
  investors integer,
  candidates integer,
  entries bigint,
  -- SHA-256 of all lists in order of investors and ranks, as RUN EXPORT writes them.
  digest bytea,
  problem text,
  CONSTRAINT run_ended CHECK ((state = 'running') = (ended_at IS NULL)),
  CONSTRAINT run_published_whole CHECK (state <> 'published' OR
    (snapshot IS NOT NULL AND as_of IS NOT NULL AND investors IS NOT NULL AND candidates IS NOT NULL
      AND entries IS NOT NULL AND digest IS NOT NULL)));

-- What was published when, and what had changed since the revision before it: the causes that MOVES names.
CREATE TABLE revision (
  run integer NOT NULL CONSTRAINT revision_run_fkey REFERENCES run (number) ON DELETE CASCADE,
  revision integer NOT NULL CONSTRAINT revision_range CHECK (revision >= 0),
  published_at timestamptz NOT NULL DEFAULT now(),
  -- The state that was published before; none for the first.
  previous_run integer,
  previous_revision integer,
  policy_changed boolean NOT NULL,
  -- Rates, sectors or the day changed.
  registry_changed boolean NOT NULL,
  changed_candidates integer[] NOT NULL,
  changed_investors integer[] NOT NULL,
  lists_changed integer NOT NULL,
  -- Its lists are no longer all kept.
  superseded boolean NOT NULL DEFAULT false,
  CONSTRAINT revision_pkey PRIMARY KEY (run, revision));

-- A deal list, stored when it differs from the one before it: an investor's list in a revision is the newest
-- row that is not younger than the revision.
CREATE TABLE ranking (
  investor integer NOT NULL CONSTRAINT ranking_investor_fkey REFERENCES investor (id),
  run integer NOT NULL,
  revision integer NOT NULL,
  -- Ids of candidates, best first, and their scores in millionths.
  candidates integer[] NOT NULL,
  scores integer[] NOT NULL,
  CONSTRAINT ranking_pkey PRIMARY KEY (investor, run, revision),
  CONSTRAINT ranking_revision_fkey FOREIGN KEY (run, revision) REFERENCES revision (run, revision)
    DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT ranking_same_length CHECK (cardinality(candidates) = cardinality(scores)));

CREATE INDEX ranking_revision ON ranking (run, revision);

-- What is in force: one row. A run is published by the update of this row.
CREATE TABLE publication (
  only_row boolean CONSTRAINT publication_pkey PRIMARY KEY DEFAULT true
    CONSTRAINT publication_one_row CHECK (only_row),
  policy integer CONSTRAINT publication_policy_fkey REFERENCES policy (number),
  run integer,
  revision integer,
  -- The cluster whose transaction ids changed_xid holds; another one means a restored dump.
  system_identifier bigint,
  CONSTRAINT publication_revision_fkey FOREIGN KEY (run, revision) REFERENCES revision (run, revision)
    DEFERRABLE INITIALLY DEFERRED);
INSERT INTO publication DEFAULT VALUES;

-- Notices, idempotency keys, audit -------------------------------------------------------------------------

CREATE TABLE notice (
  sequence bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT notice_pkey PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL,
  detail jsonb NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id());

CREATE TABLE idempotency_key (
  principal text NOT NULL,
  key text NOT NULL CONSTRAINT idempotency_key_length CHECK (octet_length(key) BETWEEN 1 AND 64),
  -- SHA-256 of the request without its key.
  request bytea NOT NULL,
  -- Rows of the reply, none when they were too long to keep; then its last line.
  rows text,
  last_line text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_key_pkey PRIMARY KEY (principal, key));

CREATE INDEX idempotency_key_created ON idempotency_key (created_at);

CREATE TABLE audit (
  sequence bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_pkey PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  principal text NOT NULL,
  action text NOT NULL,
  object text,
  detail jsonb,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id());

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = '23514', CONSTRAINT = 'audit_append_only';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
