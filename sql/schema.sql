--
-- PostgreSQL database dump
--



SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: btree_gist; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;


--
-- Name: EXTENSION btree_gist; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';


--
-- Name: amount; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.amount AS bigint
	CONSTRAINT amount_range CHECK (((VALUE >= 0) AND (VALUE <= '1000000000000000'::bigint)));


--
-- Name: block_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.block_kind AS ENUM (
    'meetings',
    'pitches'
);


--
-- Name: code; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.code AS text COLLATE pg_catalog."C"
	CONSTRAINT code_form CHECK ((VALUE ~ '^[A-Za-z0-9_./:-]{1,160}$'::text));


--
-- Name: currency_code; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.currency_code AS text COLLATE pg_catalog."C"
	CONSTRAINT currency_form CHECK ((VALUE ~ '^[A-Z]{3}$'::text));


--
-- Name: day_half; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.day_half AS ENUM (
    'morning',
    'afternoon'
);


--
-- Name: instrument; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.instrument AS ENUM (
    'equity',
    'convertible',
    'safe',
    'debt',
    'grant',
    'other'
);


--
-- Name: introduction_action; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.introduction_action AS ENUM (
    'emit',
    'propose',
    'accept',
    'decline',
    'defer',
    'ask',
    'withdraw',
    'advance',
    'return',
    'expire',
    'correct'
);


--
-- Name: introduction_answer; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.introduction_answer AS ENUM (
    'pending',
    'yes',
    'no',
    'not_now'
);


--
-- Name: introduction_reason; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.introduction_reason AS ENUM (
    'stage',
    'sector',
    'risk',
    'ticket',
    'region',
    'valuation',
    'team',
    'technology',
    'conflict',
    'terms',
    'timing',
    'capacity',
    'known_already',
    'retired',
    'other'
);


--
-- Name: introduction_side; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.introduction_side AS ENUM (
    'investor',
    'firm'
);


--
-- Name: introduction_state; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.introduction_state AS ENUM (
    'proposed',
    'asked',
    'not_now',
    'mutual',
    'introduced',
    'met',
    'diligence',
    'term_sheet',
    'invested',
    'declined',
    'expired',
    'withdrawn',
    'no_show'
);


--
-- Name: investor_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.investor_kind AS ENUM (
    'state_fund',
    'sub_fund',
    'vc',
    'cvc',
    'angel',
    'bank',
    'family_office',
    'other'
);


--
-- Name: long_text; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.long_text AS text
	CONSTRAINT long_text_form CHECK ((((char_length(VALUE) >= 1) AND (char_length(VALUE) <= 2000)) AND (VALUE !~ '[\x01-\x1F\x7F]'::text)));


--
-- Name: meeting_state; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.meeting_state AS ENUM (
    'planned',
    'cancelled',
    'met',
    'no_show'
);


--
-- Name: owner_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.owner_kind AS ENUM (
    'institute',
    'firm',
    'investor'
);


--
-- Name: participant_state; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.participant_state AS ENUM (
    'enrolled',
    'withdrawn',
    'checked_in',
    'late',
    'no_show'
);


--
-- Name: plan_proof; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.plan_proof AS ENUM (
    'optimal',
    'feasible'
);


--
-- Name: plan_state; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.plan_state AS ENUM (
    'draft',
    'published',
    'superseded'
);


--
-- Name: risk_class; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.risk_class AS ENUM (
    'R1',
    'R2',
    'R3',
    'R4',
    'R5'
);


--
-- Name: risk_tolerance; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.risk_tolerance AS ENUM (
    'C1',
    'C2',
    'C3',
    'C4',
    'C5'
);


--
-- Name: roadshow_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.roadshow_kind AS ENUM (
    'roadshow',
    'competition'
);


--
-- Name: round_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.round_kind AS ENUM (
    'pre_seed',
    'angel',
    'seed',
    'series_a',
    'series_b',
    'series_c',
    'series_d',
    'growth',
    'pre_ipo',
    'ipo',
    'grant',
    'debt',
    'other'
);


--
-- Name: run_state; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.run_state AS ENUM (
    'running',
    'published',
    'cancelled',
    'failed'
);


--
-- Name: short_text; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.short_text AS text
	CONSTRAINT short_text_form CHECK ((((char_length(VALUE) >= 1) AND (char_length(VALUE) <= 200)) AND (VALUE !~ '[\x01-\x1F\x7F]'::text)));


--
-- Name: stage; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.stage AS ENUM (
    'pre_seed',
    'angel',
    'seed',
    'series_a',
    'series_b',
    'series_c',
    'series_d',
    'growth',
    'pre_ipo',
    'public'
);


--
-- Name: is_time_zone(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.is_time_zone(name text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS $$
BEGIN
  PERFORM timezone(name, timestamptz '2000-01-01 00:00:00+00');
  RETURN true;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN false;
END $$;


--
-- Name: time_zone_name; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.time_zone_name AS text
	CONSTRAINT time_zone_known CHECK (public.is_time_zone(VALUE));


--
-- Name: wish_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.wish_kind AS ENUM (
    'must_meet',
    'meet',
    'no_thanks'
);


--
-- Name: are_codes(text[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.are_codes(codes text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $_$
  SELECT cardinality(codes) <= 256 AND coalesce(bool_and(named.code ~ '^[A-Za-z0-9_./:-]{1,160}$'), true)
  FROM unnest(codes) AS named (code)
$_$;


--
-- Name: audit_hash(bytea, int8multirange); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.audit_hash(before bytea, rows int8multirange, OUT count bigint, OUT hash bytea) RETURNS record
    LANGUAGE sql STABLE
    AS $$
  SELECT count(*), sha256(before || convert_to(coalesce(string_agg(audit_text(audit), E'\n' ORDER BY sequence), ''), 'UTF8'))
  FROM audit WHERE sequence >= lower(rows) AND sequence < upper(rows) AND sequence <@ rows
$$;


--
-- Name: audit_is_append_only(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.audit_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = '23514', CONSTRAINT = 'audit_append_only';
END $$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: audit; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit (
    sequence bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    principal text NOT NULL,
    action text NOT NULL,
    object text,
    detail jsonb,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL
);


--
-- Name: audit_text(public.audit); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.audit_text(public.audit) RETURNS text
    LANGUAGE sql STABLE
    AS $_$
  SELECT jsonb_build_array($1.sequence, to_char($1.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), $1.principal,
    $1.action, $1.object, $1.detail, $1.xid::text)::text
$_$;


--
-- Name: block_stands(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.block_stands() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  show roadshow;
BEGIN
  PERFORM hold_roadshow(NEW.roadshow);
  SELECT * INTO show FROM roadshow WHERE code = NEW.roadshow;
  IF show.time_zone IS NULL THEN
    RAISE EXCEPTION 'roadshow % has no time zone', NEW.roadshow
      USING ERRCODE = '23514', CONSTRAINT = 'roadshow_time_zone_needed';
  END IF;
  IF NEW.starts_at < show.starts_on OR NEW.ends_at >= coalesce(show.ends_on, show.starts_on) + 1 THEN
    RAISE EXCEPTION 'block % does not lie on the days of roadshow %', NEW.number, NEW.roadshow
      USING ERRCODE = '23514', CONSTRAINT = 'roadshow_block_on_its_days';
  END IF;
  IF instant_of(NEW.ends_at, show.time_zone) - instant_of(NEW.starts_at, show.time_zone) <> NEW.ends_at - NEW.starts_at THEN
    RAISE EXCEPTION 'the clocks are changed within block %', NEW.number
      USING ERRCODE = '23514', CONSTRAINT = 'roadshow_block_keeps_time';
  END IF;
  RETURN NEW;
END $$;


--
-- Name: blocks_cut_slots(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.blocks_cut_slots() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM hold_roadshow(OLD.roadshow), cut_slots(OLD.roadshow); END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.roadshow <> OLD.roadshow THEN PERFORM cut_slots(NEW.roadshow); END IF;
  RETURN NULL;
END $$;


--
-- Name: cut_slots(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.cut_slots(show text) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  blocks smallint[];
  spans tstzrange[];
BEGIN
  SELECT coalesce(array_agg(block ORDER BY start), '{}'),
      coalesce(array_agg(tstzrange(start, start + make_interval(mins => slot_minutes)) ORDER BY start), '{}')
    INTO blocks, spans
    FROM (SELECT b.number AS block, b.slot_minutes,
        instant_of(b.starts_at, r.time_zone) + make_interval(mins => place * (b.slot_minutes + b.pause_minutes)) AS start
      FROM roadshow_block b JOIN roadshow r ON r.code = b.roadshow,
        generate_series(0, ((extract(epoch FROM b.ends_at - b.starts_at)::integer / 60 + b.pause_minutes)
          / (b.slot_minutes + b.pause_minutes)) - 1) AS place
      WHERE b.roadshow = show AND b.kind = 'meetings') AS cut;
  IF EXISTS (SELECT FROM plan_meeting WHERE roadshow = show AND live AND during <> ALL (spans)) THEN
    RAISE EXCEPTION 'meetings of the published plan would have no slot'
      USING ERRCODE = '23514', CONSTRAINT = 'roadshow_block_in_use';
  END IF;
  IF EXISTS (SELECT FROM pin JOIN roadshow_slot s ON s.roadshow = pin.roadshow AND s.number = pin.slot
      WHERE pin.roadshow = show AND s.during <> ALL (spans)) THEN
    RAISE EXCEPTION 'a pinned meeting would have no slot'
      USING ERRCODE = '23514', CONSTRAINT = 'roadshow_block_pinned';
  END IF;
  UPDATE pin SET slot = array_position(spans, s.during) FROM roadshow_slot s
    WHERE pin.roadshow = show AND s.roadshow = show AND s.number = pin.slot AND pin.slot <> array_position(spans, s.during);
  DELETE FROM roadshow_slot WHERE roadshow = show;
  INSERT INTO roadshow_slot (roadshow, number, block, during)
    SELECT show, cut.number, cut.block, cut.during
    FROM unnest(blocks, spans) WITH ORDINALITY AS cut (block, during, number);
END $$;


--
-- Name: delegations_hold(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.delegations_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  wrong text;
BEGIN
  PERFORM hold_roadshow(roadshow) FROM (SELECT DISTINCT roadshow FROM written ORDER BY 1) AS shows;
  SELECT written.person INTO wrong FROM written JOIN participant p USING (roadshow, party)
    JOIN person ON person.code = written.person
    WHERE person."of" <> p.party OR person.of_kind::text <> p.side::text LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'person % is of somebody else', wrong
      USING ERRCODE = '23514', CONSTRAINT = 'participant_person_of_party';
  END IF;
  IF EXISTS (SELECT FROM participant_person WHERE (roadshow, party) IN (SELECT roadshow, party FROM written)
      GROUP BY roadshow, party HAVING count(*) > 8) THEN
    RAISE EXCEPTION 'a delegation has at most 8 persons'
      USING ERRCODE = '23514', CONSTRAINT = 'participant_person_limit';
  END IF;
  RETURN NULL;
END $$;


--
-- Name: events_are_append_only(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.events_are_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'events are append-only' USING ERRCODE = '23514', CONSTRAINT = 'introduction_event_append_only';
END $$;


--
-- Name: fields_exist(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.fields_exist() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: hold_roadshow(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.hold_roadshow(show text) RETURNS void
    LANGUAGE sql
    AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('bellwether roadshow ' || show, 0))
$$;


--
-- Name: holdings_touch(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.holdings_touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT firm FROM written) AND changed_xid <> pg_current_xact_id();
  UPDATE investor SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT investor FROM written) AND changed_xid <> pg_current_xact_id();
  RETURN NULL;
END $$;


--
-- Name: instant_of(timestamp without time zone, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.instant_of(wall timestamp without time zone, zone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE
  around timestamptz := wall AT TIME ZONE zone;
  before interval := ((around - interval '1 day') AT TIME ZONE zone) - ((around - interval '1 day') AT TIME ZONE 'UTC');
  after interval := ((around + interval '1 day') AT TIME ZONE zone) - ((around + interval '1 day') AT TIME ZONE 'UTC');
  first timestamptz := (wall - before) AT TIME ZONE 'UTC';
  second timestamptz := (wall - after) AT TIME ZONE 'UTC';
BEGIN
  IF first AT TIME ZONE zone <> wall AND second AT TIME ZONE zone <> wall THEN
    RAISE EXCEPTION '% does not exist in %, where the clocks are put forward then', wall, zone
      USING ERRCODE = '23514', CONSTRAINT = 'local_time_skipped';
  END IF;
  IF first <> second AND first AT TIME ZONE zone = wall AND second AT TIME ZONE zone = wall THEN
    RAISE EXCEPTION '% comes twice in %, where the clocks are put back then', wall, zone
      USING ERRCODE = '23514', CONSTRAINT = 'local_time_doubled';
  END IF;
  RETURN CASE WHEN first AT TIME ZONE zone = wall THEN first ELSE second END;
END $$;


--
-- Name: introduction_moves(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.introduction_moves() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF (NEW.id, NEW.investor, NEW.firm) IS DISTINCT FROM (OLD.id, OLD.investor, OLD.firm) THEN
    RAISE EXCEPTION 'the two sides of an introduction are fixed'
      USING ERRCODE = '23514', CONSTRAINT = 'introduction_pair_is_fixed';
  END IF;
  IF NEW.state <> OLD.state THEN
    IF NEW.state::text <> ALL (CASE OLD.state
        WHEN 'proposed' THEN '{asked,not_now,declined,expired,withdrawn}'
        WHEN 'asked' THEN '{not_now,mutual,declined,expired,withdrawn}'
        WHEN 'not_now' THEN '{proposed,asked,mutual,declined,withdrawn}'
        WHEN 'mutual' THEN '{introduced,declined,withdrawn}'
        WHEN 'introduced' THEN '{met,no_show,declined,withdrawn}'
        WHEN 'met' THEN '{diligence,declined,withdrawn}'
        WHEN 'diligence' THEN '{term_sheet,declined,withdrawn}'
        WHEN 'term_sheet' THEN '{invested,declined,withdrawn}'
        ELSE '{}' END::text[]) THEN
      RAISE EXCEPTION 'an introduction that is % cannot become %', OLD.state, NEW.state
        USING ERRCODE = '23514', CONSTRAINT = 'introduction_move_is_legal';
    END IF;
    NEW.state_at := now();
  END IF;
  IF NEW.step = OLD.step AND (NEW.state, NEW.investor_answer, NEW.firm_answer, NEW.investor_until, NEW.firm_until)
      IS DISTINCT FROM (OLD.state, OLD.investor_answer, OLD.firm_answer, OLD.investor_until, OLD.firm_until) THEN
    NEW.step := OLD.step + 1;
    NEW.action := 'correct';
    NEW.side := NULL;
    NEW.by := 'psql:' || session_user;
    NEW.note := NULL;
  END IF;
  RETURN NEW;
END $$;


--
-- Name: introductions_tell(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.introductions_tell() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('bellwether introduction_event', 0));
  WITH moved AS MATERIALIZED (
    SELECT written.* FROM written LEFT JOIN introduction_event AS told
      ON told.introduction = written.id AND told.step = written.step
    WHERE told.introduction IS NULL),
  told AS (
    INSERT INTO introduction_event (introduction, step, investor, firm, action, state, side, by, reason, note, until)
      SELECT id, step, investor, firm, action, state, side, by, reason, note,
        CASE WHEN action = 'defer' THEN CASE side WHEN 'investor' THEN investor_until ELSE firm_until END END
      FROM moved ORDER BY id),
  -- Without the note, which may name persons: the audit is kept for ever.
  noted AS (
    INSERT INTO audit (principal, action, object, detail)
      SELECT by, 'intro ' || action, id::text, jsonb_strip_nulls(jsonb_build_object(
        'investor', investor, 'firm', firm, 'state', state, 'side', side, 'reason', reason))
      FROM moved ORDER BY id)
  INSERT INTO refusal (investor, firm, side)
    SELECT investor, firm, coalesce(ended_by, 'investor') FROM moved WHERE state = 'declined' ON CONFLICT DO NOTHING;
  PERFORM pg_notify('bellwether_introduction', '');
  RETURN NULL;
END $$;


--
-- Name: known_firms(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.known_firms() RETURNS integer[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT coalesce(array_agg(id), '{}') FROM (
    SELECT unnest(list.candidates) AS id FROM (
      SELECT DISTINCT ON (ranking.investor) ranking.candidates
      FROM investor JOIN ranking ON ranking.investor = investor.id CROSS JOIN publication
      WHERE investor.code = ANY (own_investors())
        AND (ranking.run, ranking.revision) <= (publication.run, publication.revision)
      ORDER BY ranking.investor, ranking.run DESC, ranking.revision DESC) AS list
    UNION SELECT firm.id FROM holding JOIN firm ON firm.code = holding.firm
      WHERE holding.investor = ANY (own_investors())
    UNION SELECT firm.id FROM investor, unnest(investor.excluded_firms) AS excluded (code)
      JOIN firm ON firm.code = excluded.code WHERE investor.code = ANY (own_investors())) AS known
$$;


--
-- Name: mandates_hold(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.mandates_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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


--
-- Name: meeting_moves(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.meeting_moves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF (NEW.number, NEW.roadshow, NEW.firm, NEW.investor) IS DISTINCT FROM (OLD.number, OLD.roadshow, OLD.firm, OLD.investor) THEN
    RAISE EXCEPTION 'the two sides of a meeting are fixed' USING ERRCODE = '23514', CONSTRAINT = 'meeting_pair_is_fixed';
  END IF;
  IF (NEW.state = 'cancelled') <> (OLD.state = 'cancelled') THEN
    UPDATE plan_meeting SET live = NEW.state <> 'cancelled', sequence = sequence + 1 FROM plan
      WHERE meeting = NEW.number AND plan.roadshow = plan_meeting.roadshow AND plan.number = plan_meeting.plan
        AND plan.state = 'published';
  END IF;
  RETURN NEW;
END $$;


--
-- Name: notify_changed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.notify_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM pg_notify('bellwether_changed', TG_TABLE_NAME);
  RETURN NULL;
END $$;


--
-- Name: own_firm(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.own_firm() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT firm FROM token
    WHERE id = current_setting('bellwether.token', true) AND revoked_at IS NULL AND expires_at > now()
$$;


--
-- Name: own_investors(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.own_investors() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH RECURSIVE own (code, house) AS (
    SELECT investor, house FROM token
      WHERE id = current_setting('bellwether.token', true) AND investor IS NOT NULL
        AND revoked_at IS NULL AND expires_at > now()
    UNION
    SELECT fund.code, true FROM own JOIN investor AS fund ON fund.parent = own.code WHERE own.house)
  SELECT coalesce(array_agg(code::text), '{}') FROM own
$$;


--
-- Name: person_leaves(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.person_leaves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  DELETE FROM participant_person WHERE person = NEW.code;
  RETURN NULL;
END $$;


--
-- Name: pins_have_an_order(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.pins_have_an_order() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM hold_roadshow(NEW.roadshow);
  IF EXISTS (
    WITH RECURSIVE before (firm, investor) AS (
      SELECT NEW.after_firm, NEW.after_investor
      UNION
      SELECT pin.after_firm, pin.after_investor FROM before JOIN pin
        ON pin.roadshow = NEW.roadshow AND pin.firm = before.firm AND pin.investor = before.investor)
    SELECT FROM before WHERE firm = NEW.firm AND investor = NEW.investor) THEN
    RAISE EXCEPTION 'the meeting would come after itself' USING ERRCODE = '23514', CONSTRAINT = 'pin_after_itself';
  END IF;
  RETURN NULL;
END $$;


--
-- Name: plan_meeting_may_live(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.plan_meeting_may_live() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM plan WHERE roadshow = NEW.roadshow AND number = NEW.plan AND state = 'published') THEN
    RAISE EXCEPTION 'only meetings of a published plan take place'
      USING ERRCODE = '23514', CONSTRAINT = 'plan_meeting_live_is_published';
  END IF;
  RETURN NULL;
END $$;


--
-- Name: plan_meetings_have_a_place(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.plan_meetings_have_a_place() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF EXISTS (SELECT FROM written LEFT JOIN roadshow_slot s
        ON s.roadshow = written.roadshow AND s.number = written.slot AND s.during = written.during
      LEFT JOIN roadshow_table t ON t.roadshow = written.roadshow AND t.number = written."table"
      WHERE s.number IS NULL OR t.number IS NULL) THEN
    RAISE EXCEPTION 'a meeting is planned for a slot or a table that is not there'
      USING ERRCODE = '23514', CONSTRAINT = 'plan_meeting_has_a_place';
  END IF;
  RETURN NULL;
END $$;


--
-- Name: plan_moves(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.plan_moves() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN
      RAISE EXCEPTION 'a plan that was published stays' USING ERRCODE = '23514', CONSTRAINT = 'plan_rows_stay';
    END IF;
    RETURN OLD;
  END IF;
  IF to_jsonb(NEW) - '{state,published_at}'::text[] <> to_jsonb(OLD) - '{state,published_at}'::text[] THEN
    RAISE EXCEPTION 'a plan is never changed' USING ERRCODE = '23514', CONSTRAINT = 'plan_is_fixed';
  END IF;
  IF NEW.state <> OLD.state THEN
    IF NEW.state = 'draft' OR OLD.state = 'draft' AND NEW.state = 'superseded' THEN
      RAISE EXCEPTION 'a plan that is % cannot become %', OLD.state, NEW.state
        USING ERRCODE = '23514', CONSTRAINT = 'plan_move_is_legal';
    END IF;
    IF NEW.state = 'published' THEN NEW.published_at := now(); END IF;
  END IF;
  RETURN NEW;
END $$;


--
-- Name: plan_rows_are_fixed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.plan_rows_are_fixed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM plan WHERE roadshow = NEW.roadshow AND number = NEW.plan AND state = 'draft') THEN
      RAISE EXCEPTION 'plan % of % is no draft', NEW.plan, NEW.roadshow
        USING ERRCODE = '23514', CONSTRAINT = 'plan_is_fixed';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - '{live,sequence}'::text[] = to_jsonb(OLD) - '{live,sequence}'::text[]
        AND (to_jsonb(NEW) -> 'sequence' >= to_jsonb(OLD) -> 'sequence') IS NOT FALSE THEN
      RETURN NEW;
    END IF;
  ELSIF NOT EXISTS (SELECT FROM plan WHERE roadshow = OLD.roadshow AND number = OLD.plan) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'a plan is never changed' USING ERRCODE = '23514', CONSTRAINT = 'plan_is_fixed';
END $$;


--
-- Name: plan_takes_effect(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.plan_takes_effect() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  former integer;
BEGIN
  IF NEW.state <> 'published' THEN
    UPDATE plan_meeting SET live = false WHERE roadshow = NEW.roadshow AND plan = NEW.number AND live;
    RETURN NULL;
  END IF;
  SELECT number INTO former FROM plan WHERE roadshow = NEW.roadshow AND state = 'superseded'
    ORDER BY published_at DESC, number DESC LIMIT 1;
  UPDATE plan_meeting AS planned SET live = meeting.state <> 'cancelled',
      sequence = CASE WHEN told.sequence IS NULL THEN 0
        WHEN earlier.meeting IS NULL THEN told.sequence + 2
        WHEN (earlier.during, earlier."table") = (planned.during, planned."table") THEN told.sequence
        ELSE told.sequence + 1 END
    FROM meeting
      LEFT JOIN (SELECT t.meeting, max(t.sequence) AS sequence FROM plan_meeting t
          JOIN plan ON plan.roadshow = t.roadshow AND plan.number = t.plan
          WHERE t.roadshow = NEW.roadshow AND (plan.state = 'superseded' OR plan.number = NEW.number AND OLD.state <> 'draft')
          GROUP BY t.meeting) AS told ON told.meeting = meeting.number
      LEFT JOIN plan_meeting AS earlier ON earlier.roadshow = NEW.roadshow AND earlier.plan = former AND earlier.meeting = meeting.number
    WHERE planned.roadshow = NEW.roadshow AND planned.plan = NEW.number AND meeting.number = planned.meeting;
  RETURN NULL;
END $$;


--
-- Name: policies_are_fixed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.policies_are_fixed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'a policy is never changed' USING ERRCODE = '23514', CONSTRAINT = 'policy_is_fixed',
    HINT = 'Make a new one with POLICY SET.';
END $$;


--
-- Name: rankings_hold(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.rankings_hold() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF EXISTS (SELECT FROM written WHERE NOT EXISTS (SELECT FROM investor WHERE investor.id = written.investor)) THEN
    RAISE EXCEPTION 'a deal list names an investor that does not exist'
      USING ERRCODE = '23503', CONSTRAINT = 'ranking_investor_exists';
  END IF;
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT run, revision FROM written) AS named
    WHERE NOT EXISTS (
      SELECT FROM revision WHERE revision.run = named.run AND revision.revision = named.revision)) THEN
    RAISE EXCEPTION 'a deal list names a revision that does not exist'
      USING ERRCODE = '23503', CONSTRAINT = 'ranking_revision_exists';
  END IF;
  RETURN NULL;
END $$;


--
-- Name: rate_changes(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.rate_changes() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  NEW.changed_at := now();
  NEW.changed_xid := pg_current_xact_id();
  RETURN NEW;
END $$;


--
-- Name: refusals_touch(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refusals_touch() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  UPDATE investor SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT investor FROM written) AND changed_xid <> pg_current_xact_id();
  RETURN NULL;
END $$;


--
-- Name: retired_withdraws(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.retired_withdraws() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('bellwether emission', 0));
  UPDATE introduction SET state = 'withdrawn', reason = 'retired', step = step + 1, action = 'withdraw', side = NULL,
      by = 'bellwetherd', note = NULL
    WHERE id IN (SELECT id FROM introduction WHERE TG_TABLE_NAME = 'firm' AND firm = NEW.code
        AND state IN ('proposed', 'asked', 'not_now', 'mutual')
      UNION ALL SELECT id FROM introduction WHERE TG_TABLE_NAME = 'investor' AND investor = NEW.code
        AND state IN ('proposed', 'asked', 'not_now', 'mutual'));
  RETURN NULL;
END $$;


--
-- Name: roadshow_keeps_its_time(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.roadshow_keeps_its_time() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM hold_roadshow(NEW.code);
  IF NEW.time_zone IS DISTINCT FROM OLD.time_zone AND (
      EXISTS (SELECT FROM roadshow_block WHERE roadshow = NEW.code)
      OR EXISTS (SELECT FROM participant_absence WHERE roadshow = NEW.code)) THEN
    RAISE EXCEPTION 'roadshow % has times in its time zone', NEW.code
      USING ERRCODE = '23514', CONSTRAINT = 'roadshow_time_zone_fixed';
  END IF;
  IF EXISTS (SELECT FROM roadshow_block WHERE roadshow = NEW.code
      AND (starts_at < NEW.starts_on OR ends_at >= coalesce(NEW.ends_on, NEW.starts_on) + 1)) THEN
    RAISE EXCEPTION 'a block would not lie on the days of roadshow %', NEW.code
      USING ERRCODE = '23514', CONSTRAINT = 'roadshow_block_on_its_days';
  END IF;
  RETURN NULL;
END $$;


--
-- Name: rounds_touch(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.rounds_touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT firm FROM written) AND changed_xid <> pg_current_xact_id();
  RETURN NULL;
END $$;


--
-- Name: row_changes(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.row_changes() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: rows_of_a_roadshow(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.rows_of_a_roadshow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
DECLARE
  most integer := TG_ARGV[0];
  show text;
  found integer;
BEGIN
  FOR show IN SELECT DISTINCT roadshow FROM written ORDER BY 1 LOOP
    PERFORM hold_roadshow(show);
    EXECUTE format('SELECT count(*) FROM %I WHERE roadshow = $1', TG_TABLE_NAME) INTO found USING show;
    IF found > most THEN
      RAISE EXCEPTION 'roadshow % has more than % rows of %', show, most, TG_TABLE_NAME
        USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_limit';
    END IF;
  END LOOP;
  RETURN NULL;
END $_$;


--
-- Name: rows_stay(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.rows_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are not deleted', TG_TABLE_NAME
    USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_rows_stay', HINT = 'Retire it instead.';
END $$;


--
-- Name: sectors_exist(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.sectors_exist() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: sectors_form_a_tree(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.sectors_form_a_tree() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: table_is_free(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.table_is_free() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF EXISTS (SELECT FROM plan_meeting WHERE roadshow = OLD.roadshow AND "table" = OLD.number AND live) THEN
    RAISE EXCEPTION 'meetings of the published plan sit at table %', OLD.number
      USING ERRCODE = '23514', CONSTRAINT = 'roadshow_table_in_use';
  END IF;
  RETURN OLD;
END $$;


--
-- Name: token_only_ends(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.token_only_ends() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF (NEW.id, NEW.digest, NEW.role, NEW.investor, NEW.firm, NEW.house, NEW.expires_at)
      IS DISTINCT FROM (OLD.id, OLD.digest, OLD.role, OLD.investor, OLD.firm, OLD.house, OLD.expires_at)
    OR OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'a token is not changed but revoked' USING ERRCODE = '23514', CONSTRAINT = 'token_only_ends';
  END IF;
  RETURN NEW;
END $$;


--
-- Name: audit_block; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_block (
    number bigint NOT NULL,
    rows int8multirange NOT NULL,
    count integer NOT NULL,
    youngest xid8 NOT NULL,
    horizon xid8 NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT audit_block_hash CHECK ((octet_length(hash) = 32)),
    CONSTRAINT audit_block_rows CHECK ((NOT isempty(rows)))
);


--
-- Name: audit_sequence_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.audit ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: audit_unsealed; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.audit_unsealed AS
 SELECT audit.sequence,
    audit.at,
    audit.principal,
    audit.action,
    audit.object,
    audit.detail,
    audit.xid
   FROM public.audit
  WHERE ((audit.xid >= COALESCE(( SELECT audit_block.horizon
           FROM public.audit_block
          ORDER BY audit_block.number DESC
         LIMIT 1), '0'::xid8)) AND (NOT (EXISTS ( SELECT
           FROM public.audit_block
          WHERE ((audit_block.youngest >= COALESCE(( SELECT audit_block_1.horizon
                   FROM public.audit_block audit_block_1
                  ORDER BY audit_block_1.number DESC
                 LIMIT 1), '0'::xid8)) AND (audit.sequence <@ audit_block.rows))))));


--
-- Name: candidate_id; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.candidate_id
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: investor; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.investor (
    code public.code NOT NULL,
    id integer NOT NULL,
    name public.short_text NOT NULL,
    name_zh public.short_text,
    kind public.investor_kind NOT NULL,
    parent public.code,
    stages public.stage[],
    sectors jsonb,
    excluded_sectors text[],
    excluded_firms text[],
    risk public.risk_tolerance,
    risk_veto smallint,
    ticket int8range,
    currency public.currency_code,
    regions text[],
    city public.short_text,
    country public.short_text,
    lead boolean,
    budget_left public.amount,
    local_quota smallint,
    concentration_cap smallint,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT investor_concentration_cap_range CHECK (((concentration_cap >= 1) AND (concentration_cap <= 100))),
    CONSTRAINT investor_excluded_firms_count CHECK ((cardinality(excluded_firms) <= 256)),
    CONSTRAINT investor_excluded_sectors_count CHECK ((cardinality(excluded_sectors) <= 256)),
    CONSTRAINT investor_local_quota_range CHECK (((local_quota >= 0) AND (local_quota <= 100))),
    CONSTRAINT investor_regions_count CHECK ((cardinality(regions) <= 64)),
    CONSTRAINT investor_risk_veto_range CHECK (((risk_veto >= 1) AND (risk_veto <= 5))),
    CONSTRAINT investor_sectors_form CHECK ((jsonb_typeof(sectors) = 'object'::text)),
    CONSTRAINT investor_ticket_range CHECK ((((NOT isempty(ticket)) AND (ticket <@ int8range((0)::bigint, '1000000000000000'::bigint, '[]'::text))) OR (lower_inf(ticket) AND (upper(ticket) <= '1000000000000001'::bigint)) OR (upper_inf(ticket) AND (lower(ticket) >= 0))))
);


--
-- Name: ranking; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ranking (
    investor integer NOT NULL,
    run integer NOT NULL,
    revision integer NOT NULL,
    candidates integer[] NOT NULL,
    scores integer[] NOT NULL,
    CONSTRAINT ranking_same_length CHECK ((cardinality(candidates) = cardinality(scores)))
);


--
-- Name: deal_list; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.deal_list WITH (security_barrier='true') AS
 SELECT ranking.investor,
    ranking.run,
    ranking.revision,
    ranking.candidates,
    ranking.scores
   FROM public.ranking
  WHERE ((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR (ranking.investor = ANY (( SELECT array_agg(investor.id) AS array_agg
           FROM public.investor
          WHERE ((investor.code)::text = ANY (public.own_investors())))::integer[])));


--
-- Name: firm; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.firm (
    code public.code NOT NULL,
    id integer DEFAULT nextval('public.candidate_id'::regclass) NOT NULL,
    name public.short_text NOT NULL,
    name_zh public.short_text,
    institute public.code,
    sectors text[] NOT NULL,
    stage public.stage NOT NULL,
    trl smallint,
    risk public.risk_class,
    region public.short_text,
    city public.short_text,
    country public.short_text,
    founded_on date,
    ask public.amount,
    currency public.currency_code,
    round public.round_kind,
    instrument public.instrument,
    seeking_lead boolean,
    summary public.long_text,
    merged_into public.code,
    project public.code,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    wanted_kinds public.investor_kind[],
    wanted_investors text[],
    unwanted_investors text[],
    CONSTRAINT firm_merged_into_other CHECK (((merged_into)::text <> (code)::text)),
    CONSTRAINT firm_sectors_count CHECK (((cardinality(sectors) >= 1) AND (cardinality(sectors) <= 8))),
    CONSTRAINT firm_trl_range CHECK (((trl >= 1) AND (trl <= 9))),
    CONSTRAINT firm_unwanted_investors_form CHECK (public.are_codes(unwanted_investors)),
    CONSTRAINT firm_wanted_investors_form CHECK (public.are_codes(wanted_investors))
);


--
-- Name: holding; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.holding (
    investor public.code NOT NULL,
    firm public.code NOT NULL,
    since date,
    round public.round_kind,
    amount public.amount,
    currency public.currency_code,
    exited_on date,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT holding_exited_after_since CHECK ((exited_on >= since))
);


--
-- Name: idempotency_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency_key (
    principal text NOT NULL,
    key text NOT NULL,
    request bytea NOT NULL,
    rows text,
    last_line text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_key_length CHECK (((octet_length(key) >= 1) AND (octet_length(key) <= 64)))
);


--
-- Name: institute; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.institute (
    code public.code NOT NULL,
    name public.short_text NOT NULL,
    name_zh public.short_text,
    partner public.short_text,
    fields text[],
    region public.short_text,
    city public.short_text,
    founded_on date,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT institute_fields_count CHECK ((cardinality(fields) <= 8))
);


--
-- Name: introduction; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.introduction (
    id bigint NOT NULL,
    investor public.code NOT NULL,
    firm public.code NOT NULL,
    state public.introduction_state DEFAULT 'proposed'::public.introduction_state NOT NULL,
    investor_answer public.introduction_answer DEFAULT 'pending'::public.introduction_answer NOT NULL,
    firm_answer public.introduction_answer DEFAULT 'pending'::public.introduction_answer NOT NULL,
    investor_until date,
    firm_until date,
    investor_score integer NOT NULL,
    firm_score integer NOT NULL,
    investor_points integer[] DEFAULT '{}'::integer[] NOT NULL,
    firm_points integer[] DEFAULT '{}'::integer[] NOT NULL,
    investor_blurb public.long_text NOT NULL,
    firm_blurb public.long_text NOT NULL,
    run integer,
    revision integer,
    roadshow public.code,
    proposed_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_on date NOT NULL,
    state_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_by public.introduction_side,
    reason public.introduction_reason,
    step integer DEFAULT 1 NOT NULL,
    action public.introduction_action NOT NULL,
    side public.introduction_side,
    by text NOT NULL,
    note public.long_text,
    CONSTRAINT introduction_firm_score_range CHECK (((firm_score >= 0) AND (firm_score <= 1000000))),
    CONSTRAINT introduction_firm_until CHECK (((firm_answer = 'not_now'::public.introduction_answer) = (firm_until IS NOT NULL))),
    CONSTRAINT introduction_investor_score_range CHECK (((investor_score >= 0) AND (investor_score <= 1000000))),
    CONSTRAINT introduction_investor_until CHECK (((investor_answer = 'not_now'::public.introduction_answer) = (investor_until IS NOT NULL))),
    CONSTRAINT introduction_run CHECK (((run IS NULL) = (revision IS NULL)))
);


--
-- Name: introduction_event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.introduction_event (
    sequence bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    introduction bigint NOT NULL,
    step integer NOT NULL,
    investor public.code NOT NULL,
    firm public.code NOT NULL,
    action public.introduction_action NOT NULL,
    state public.introduction_state NOT NULL,
    side public.introduction_side,
    by text NOT NULL,
    reason public.introduction_reason,
    note public.long_text,
    until date
);


--
-- Name: introduction_event_sequence_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.introduction_event ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.introduction_event_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: introduction_history; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.introduction_history WITH (security_barrier='true') AS
 WITH asking AS MATERIALIZED (
         SELECT (CURRENT_USER <> 'bellwether_party'::name) AS sees_all,
            public.own_investors() AS investors,
            public.own_firm() AS firm
        )
 SELECT e.introduction,
    e.sequence,
    e.at,
    e.action,
    e.state,
    e.side,
    e.until,
        CASE
            WHEN asking.sees_all THEN e.by
            ELSE NULL::text
        END AS by,
        CASE
            WHEN (asking.sees_all OR ((e.side = 'firm'::public.introduction_side) = COALESCE(((e.firm)::text = asking.firm), false))) THEN e.reason
            ELSE NULL::public.introduction_reason
        END AS reason,
        CASE
            WHEN (asking.sees_all OR (e.action = 'ask'::public.introduction_action) OR ((e.side = 'firm'::public.introduction_side) = COALESCE(((e.firm)::text = asking.firm), false))) THEN (e.note)::text
            ELSE NULL::text
        END AS note
   FROM (public.introduction_event e
     CROSS JOIN asking)
  WHERE (asking.sees_all OR ((e.investor)::text = ANY (asking.investors)) OR ((e.firm)::text = asking.firm));


--
-- Name: introduction_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.introduction ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.introduction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: person; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.person (
    code public.code NOT NULL,
    name public.short_text NOT NULL,
    of public.code NOT NULL,
    of_kind public.owner_kind NOT NULL,
    institute public.code GENERATED ALWAYS AS (
CASE of_kind
    WHEN 'institute'::public.owner_kind THEN (of)::text
    ELSE NULL::text
END) STORED,
    firm public.code GENERATED ALWAYS AS (
CASE of_kind
    WHEN 'firm'::public.owner_kind THEN (of)::text
    ELSE NULL::text
END) STORED,
    investor public.code GENERATED ALWAYS AS (
CASE of_kind
    WHEN 'investor'::public.owner_kind THEN (of)::text
    ELSE NULL::text
END) STORED,
    email text,
    language text,
    time_zone public.time_zone_name,
    title public.short_text,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT person_email_form CHECK (((email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text) AND (octet_length(email) <= 254))),
    CONSTRAINT person_language_length CHECK (((char_length(language) >= 1) AND (char_length(language) <= 35)))
);


--
-- Name: introduction_shown; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.introduction_shown WITH (security_barrier='true') AS
 WITH asking AS MATERIALIZED (
         SELECT (CURRENT_USER <> 'bellwether_party'::name) AS sees_all,
            public.own_investors() AS investors,
            public.own_firm() AS firm
        )
 SELECT i.id,
    i.state,
    i.investor_answer,
    i.firm_answer,
    i.investor_until,
    i.firm_until,
    i.proposed_at,
    i.expires_on,
    i.state_at,
    i.ended_by,
    i.run,
    i.revision,
    i.roadshow,
    (
        CASE
            WHEN asking.sees_all THEN NULL::text
            WHEN ((i.firm)::text = asking.firm) THEN 'firm'::text
            ELSE 'investor'::text
        END)::public.introduction_side AS own_side,
        CASE
            WHEN shown.investor THEN (i.investor)::text
            ELSE NULL::text
        END AS investor,
        CASE
            WHEN shown.firm THEN (i.firm)::text
            ELSE NULL::text
        END AS firm,
        CASE
            WHEN shown.investor THEN (( SELECT n.name
               FROM public.investor n
              WHERE ((n.code)::text = (i.investor)::text)))::text
            ELSE NULL::text
        END AS investor_name,
        CASE
            WHEN shown.firm THEN (( SELECT n.name
               FROM public.firm n
              WHERE ((n.code)::text = (i.firm)::text)))::text
            ELSE NULL::text
        END AS firm_name,
    i.investor_blurb,
    i.firm_blurb,
        CASE
            WHEN asked.by_investor THEN i.investor_score
            ELSE NULL::integer
        END AS investor_score,
        CASE
            WHEN asked.by_firm THEN i.firm_score
            ELSE NULL::integer
        END AS firm_score,
        CASE
            WHEN asked.by_investor THEN i.investor_points
            ELSE NULL::integer[]
        END AS investor_points,
        CASE
            WHEN asked.by_firm THEN i.firm_points
            ELSE NULL::integer[]
        END AS firm_points,
        CASE
            WHEN (asking.sees_all OR ((i.ended_by = 'firm'::public.introduction_side) = asked.by_firm)) THEN i.reason
            ELSE NULL::public.introduction_reason
        END AS reason,
        CASE
            WHEN (shown.investor AND shown.firm) THEN ( SELECT ((p.name)::text || COALESCE(((' <'::text || p.email) || '>'::text), ''::text))
               FROM public.person p
              WHERE (((p.of)::text = (i.investor)::text) AND (p.of_kind = 'investor'::public.owner_kind) AND (NOT p.retired))
              ORDER BY (p.email IS NULL), p.code
             LIMIT 1)
            ELSE NULL::text
        END AS investor_contact,
        CASE
            WHEN (shown.investor AND shown.firm) THEN ( SELECT ((p.name)::text || COALESCE(((' <'::text || p.email) || '>'::text), ''::text))
               FROM public.person p
              WHERE (((p.of)::text = (i.firm)::text) AND (p.of_kind = 'firm'::public.owner_kind) AND (NOT p.retired))
              ORDER BY (p.email IS NULL), p.code
             LIMIT 1)
            ELSE NULL::text
        END AS firm_contact
   FROM (public.introduction i
     CROSS JOIN asking),
    LATERAL ( SELECT (asking.sees_all OR ((i.investor)::text = ANY (asking.investors))) AS by_investor,
            (asking.sees_all OR COALESCE(((i.firm)::text = asking.firm), false)) AS by_firm,
            ((i.investor_answer = 'yes'::public.introduction_answer) AND (i.firm_answer = 'yes'::public.introduction_answer)) AS is_mutual) asked,
    LATERAL ( SELECT (asked.by_investor OR asked.is_mutual) AS investor,
            (asked.by_firm OR asked.is_mutual) AS firm) shown
  WHERE (asking.sees_all OR ((i.investor)::text = ANY (asking.investors)) OR ((i.firm)::text = asking.firm));


--
-- Name: investor_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.investor ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.investor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: meeting; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.meeting (
    number bigint NOT NULL,
    roadshow public.code NOT NULL,
    firm public.code NOT NULL,
    investor public.code NOT NULL,
    state public.meeting_state DEFAULT 'planned'::public.meeting_state NOT NULL,
    outcome public.long_text
);


--
-- Name: meeting_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.meeting ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.meeting_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: plan; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.plan (
    roadshow public.code NOT NULL,
    number integer NOT NULL,
    state public.plan_state DEFAULT 'draft'::public.plan_state NOT NULL,
    base integer,
    seed bigint NOT NULL,
    breaks integer,
    bound integer,
    proof public.plan_proof NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text NOT NULL,
    published_at timestamp with time zone,
    parameters jsonb NOT NULL,
    reason public.long_text,
    CONSTRAINT plan_bound_range CHECK ((bound >= 0)),
    CONSTRAINT plan_breaks_range CHECK ((breaks >= 0)),
    CONSTRAINT plan_number_positive CHECK ((number > 0)),
    CONSTRAINT plan_parameters_form CHECK ((jsonb_typeof(parameters) = 'object'::text)),
    CONSTRAINT plan_published_at CHECK (((state = 'draft'::public.plan_state) = (published_at IS NULL)))
);


--
-- Name: plan_meeting; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.plan_meeting (
    roadshow public.code NOT NULL,
    plan integer NOT NULL,
    meeting bigint NOT NULL,
    firm public.code NOT NULL,
    investor public.code NOT NULL,
    slot smallint NOT NULL,
    "table" smallint NOT NULL,
    during tstzrange NOT NULL,
    live boolean DEFAULT false NOT NULL,
    sequence integer DEFAULT 0 NOT NULL,
    CONSTRAINT plan_meeting_bounded CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT plan_meeting_sequence_range CHECK ((sequence >= 0))
);


--
-- Name: roadshow; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.roadshow (
    code public.code NOT NULL,
    name public.short_text NOT NULL,
    name_zh public.short_text,
    kind public.roadshow_kind,
    starts_on date NOT NULL,
    ends_on date,
    time_zone public.time_zone_name,
    city public.short_text,
    venue public.short_text,
    sectors text[],
    pitch_places smallint,
    tables smallint,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT roadshow_ends_after_start CHECK ((ends_on >= starts_on)),
    CONSTRAINT roadshow_pitch_places_range CHECK (((pitch_places >= 0) AND (pitch_places <= 1000))),
    CONSTRAINT roadshow_sectors_count CHECK ((cardinality(sectors) <= 64)),
    CONSTRAINT roadshow_tables_range CHECK (((tables >= 0) AND (tables <= 1000)))
);


--
-- Name: roadshow_table; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.roadshow_table (
    roadshow public.code NOT NULL,
    number smallint NOT NULL,
    name public.short_text,
    room public.short_text,
    out_of_order boolean DEFAULT false NOT NULL,
    CONSTRAINT roadshow_table_number_range CHECK (((number >= 1) AND (number <= 1000)))
);


--
-- Name: meeting_shown; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.meeting_shown WITH (security_barrier='true') AS
 WITH asks AS MATERIALIZED (
         SELECT (CURRENT_USER <> 'bellwether_party'::name) AS sees_all,
            public.own_investors() AS investors,
            public.own_firm() AS firm
        )
 SELECT m.number,
    m.roadshow,
    m.firm,
    firm.name AS firm_name,
    m.investor,
    investor.name AS investor_name,
    m.state,
    planned.plan,
    planned.slot,
    planned.during,
    r.time_zone,
    planned."table",
    t.name AS table_name,
    t.room,
    planned.sequence,
    COALESCE(planned.live, false) AS live,
        CASE
            WHEN asks.sees_all THEN (m.outcome)::text
            ELSE NULL::text
        END AS outcome
   FROM asks,
    (((((public.meeting m
     JOIN public.roadshow r ON (((r.code)::text = (m.roadshow)::text)))
     JOIN public.firm ON (((firm.code)::text = (m.firm)::text)))
     JOIN public.investor ON (((investor.code)::text = (m.investor)::text)))
     LEFT JOIN ( SELECT pm.roadshow,
            pm.plan,
            pm.meeting,
            pm.firm,
            pm.investor,
            pm.slot,
            pm."table",
            pm.during,
            pm.live,
            pm.sequence
           FROM (public.plan_meeting pm
             JOIN public.plan ON ((((plan.roadshow)::text = (pm.roadshow)::text) AND (plan.number = pm.plan) AND (plan.state = 'published'::public.plan_state))))) planned ON ((planned.meeting = m.number)))
     LEFT JOIN public.roadshow_table t ON ((((t.roadshow)::text = (planned.roadshow)::text) AND (t.number = planned."table"))))
  WHERE ((asks.sees_all AND ((planned.plan IS NOT NULL) OR (m.state <> 'planned'::public.meeting_state))) OR (planned.live AND (((m.investor)::text = ANY (asks.investors)) OR ((m.firm)::text = asks.firm))));


--
-- Name: participant; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.participant (
    roadshow public.code NOT NULL,
    party public.code NOT NULL,
    side public.introduction_side NOT NULL,
    investor public.code GENERATED ALWAYS AS (
CASE side
    WHEN 'investor'::public.introduction_side THEN (party)::text
    ELSE NULL::text
END) STORED,
    firm public.code GENERATED ALWAYS AS (
CASE side
    WHEN 'firm'::public.introduction_side THEN (party)::text
    ELSE NULL::text
END) STORED,
    max_meetings smallint,
    min_meetings smallint DEFAULT 1 NOT NULL,
    prefers public.day_half,
    state public.participant_state DEFAULT 'enrolled'::public.participant_state NOT NULL,
    late_until timestamp with time zone,
    CONSTRAINT participant_late_until CHECK (((late_until IS NULL) OR (state = 'late'::public.participant_state))),
    CONSTRAINT participant_max_meetings_range CHECK (((max_meetings >= 1) AND (max_meetings <= 200))),
    CONSTRAINT participant_meetings_in_order CHECK ((min_meetings <= max_meetings)),
    CONSTRAINT participant_min_meetings_range CHECK (((min_meetings >= 0) AND (min_meetings <= 200)))
);


--
-- Name: participant_absence; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.participant_absence (
    roadshow public.code NOT NULL,
    party public.code NOT NULL,
    number smallint NOT NULL,
    during tstzrange NOT NULL,
    CONSTRAINT participant_absence_bounded CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT participant_absence_number_range CHECK (((number >= 1) AND (number <= 100)))
);


--
-- Name: participant_person; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.participant_person (
    roadshow public.code NOT NULL,
    party public.code NOT NULL,
    person public.code NOT NULL
);


--
-- Name: pin; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.pin (
    roadshow public.code NOT NULL,
    firm public.code NOT NULL,
    investor public.code NOT NULL,
    slot smallint,
    "table" smallint,
    after_firm public.code,
    after_investor public.code,
    CONSTRAINT pin_after_both CHECK (((after_firm IS NULL) = (after_investor IS NULL)))
);


--
-- Name: plan_pitch; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.plan_pitch (
    roadshow public.code NOT NULL,
    plan integer NOT NULL,
    place smallint NOT NULL,
    firm public.code NOT NULL,
    CONSTRAINT plan_pitch_place_range CHECK (((place >= 1) AND (place <= 1000)))
);


--
-- Name: policy; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.policy (
    number integer NOT NULL,
    parameters jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT policy_number_positive CHECK ((number > 0)),
    CONSTRAINT policy_parameters_form CHECK ((jsonb_typeof(parameters) = 'object'::text))
);


--
-- Name: project; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.project (
    code public.code NOT NULL,
    id integer DEFAULT nextval('public.candidate_id'::regclass) NOT NULL,
    name public.short_text NOT NULL,
    name_zh public.short_text,
    institute public.code NOT NULL,
    sectors text[] NOT NULL,
    trl smallint,
    ask public.amount,
    currency public.currency_code,
    region public.short_text,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT project_sectors_count CHECK (((cardinality(sectors) >= 1) AND (cardinality(sectors) <= 8))),
    CONSTRAINT project_trl_range CHECK (((trl >= 1) AND (trl <= 9)))
);


--
-- Name: publication; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.publication (
    only_row boolean DEFAULT true NOT NULL,
    policy integer,
    run integer,
    revision integer,
    system_identifier bigint,
    CONSTRAINT publication_one_row CHECK (only_row)
);


--
-- Name: rate; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rate (
    "from" public.currency_code NOT NULL,
    "to" public.currency_code NOT NULL,
    rate numeric(15,6) NOT NULL,
    date date NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT rate_between_two CHECK ((("from")::text <> ("to")::text)),
    CONSTRAINT rate_positive CHECK ((rate > (0)::numeric))
);


--
-- Name: refusal; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.refusal (
    investor public.code NOT NULL,
    firm public.code NOT NULL,
    side public.introduction_side NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: revision; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.revision (
    run integer NOT NULL,
    revision integer NOT NULL,
    published_at timestamp with time zone DEFAULT now() NOT NULL,
    previous_run integer,
    previous_revision integer,
    policy_changed boolean NOT NULL,
    registry_changed boolean NOT NULL,
    changed_candidates integer[] NOT NULL,
    changed_investors integer[] NOT NULL,
    lists_changed integer NOT NULL,
    superseded boolean DEFAULT false NOT NULL,
    snapshot pg_snapshot NOT NULL,
    as_of date NOT NULL,
    CONSTRAINT revision_range CHECK ((revision >= 0))
);


--
-- Name: COLUMN revision.superseded; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision.superseded IS 'Its lists are no longer all kept.';


--
-- Name: roadshow_block; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.roadshow_block (
    roadshow public.code NOT NULL,
    number smallint NOT NULL,
    kind public.block_kind DEFAULT 'meetings'::public.block_kind NOT NULL,
    starts_at timestamp(0) without time zone NOT NULL,
    ends_at timestamp(0) without time zone NOT NULL,
    slot_minutes smallint NOT NULL,
    pause_minutes smallint DEFAULT 0 NOT NULL,
    half public.day_half NOT NULL,
    CONSTRAINT roadshow_block_has_a_slot CHECK (((ends_at <= starts_at) OR ((ends_at - starts_at) >= make_interval(mins => (slot_minutes)::integer)))),
    CONSTRAINT roadshow_block_in_one_day CHECK (((starts_at < ends_at) AND ((starts_at)::date = (ends_at)::date))),
    CONSTRAINT roadshow_block_number_range CHECK (((number >= 1) AND (number <= 100))),
    CONSTRAINT roadshow_block_pause_minutes_range CHECK (((pause_minutes >= 0) AND (pause_minutes <= 240))),
    CONSTRAINT roadshow_block_slot_minutes_range CHECK (((slot_minutes >= 5) AND (slot_minutes <= 480)))
);


--
-- Name: roadshow_slot; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.roadshow_slot (
    roadshow public.code NOT NULL,
    number smallint NOT NULL,
    block smallint NOT NULL,
    during tstzrange NOT NULL,
    CONSTRAINT roadshow_slot_bounded CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT roadshow_slot_number_range CHECK (((number >= 1) AND (number <= 200)))
);


--
-- Name: round; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.round (
    firm public.code NOT NULL,
    date date NOT NULL,
    kind public.round_kind NOT NULL,
    amount public.amount,
    currency public.currency_code,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: run; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.run (
    number integer NOT NULL,
    policy integer NOT NULL,
    state public.run_state DEFAULT 'running'::public.run_state NOT NULL,
    host text NOT NULL,
    started_by text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    snapshot pg_snapshot,
    as_of date,
    investors integer,
    candidates integer,
    entries bigint,
    digest bytea,
    problem text,
    CONSTRAINT run_ended CHECK (((state = 'running'::public.run_state) = (ended_at IS NULL))),
    CONSTRAINT run_number_positive CHECK ((number > 0)),
    CONSTRAINT run_published_whole CHECK (((state <> 'published'::public.run_state) OR ((snapshot IS NOT NULL) AND (as_of IS NOT NULL) AND (investors IS NOT NULL) AND (candidates IS NOT NULL) AND (entries IS NOT NULL) AND (digest IS NOT NULL))))
);


--
-- Name: schema_migration; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migration (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: sector; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sector (
    code public.code NOT NULL,
    name public.short_text NOT NULL,
    name_zh public.short_text,
    parent public.code,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT sector_code_without_colon CHECK ((strpos((code)::text, ':'::text) = 0))
);


--
-- Name: token; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.token (
    id public.code NOT NULL,
    digest bytea NOT NULL,
    role text NOT NULL,
    investor public.code,
    firm public.code,
    house boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT token_digest_length CHECK ((octet_length(digest) = 32)),
    CONSTRAINT token_expiry CHECK ((expires_at > created_at)),
    CONSTRAINT token_house CHECK (((NOT house) OR (role = 'investor'::text))),
    CONSTRAINT token_id_form CHECK (((octet_length((id)::text) <= 64) AND (strpos((id)::text, '.'::text) = 0))),
    CONSTRAINT token_party CHECK ((((role = 'investor'::text) = (investor IS NOT NULL)) AND ((role = 'firm'::text) = (firm IS NOT NULL)))),
    CONSTRAINT token_role_known CHECK ((role = ANY (ARRAY['organizer'::text, 'investor'::text, 'firm'::text, 'job'::text, 'admin'::text, 'monitor'::text])))
);


--
-- Name: told_delegation; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.told_delegation WITH (security_barrier='true') AS
 WITH asking AS MATERIALIZED (
         SELECT (CURRENT_USER <> 'bellwether_party'::name) AS sees_all,
            public.own_investors() AS investors,
            public.own_firm() AS firm
        )
 SELECT p.roadshow,
    p.party,
    p.side,
    COALESCE(firm.name, investor.name) AS name,
    COALESCE(firm.name_zh, investor.name_zh) AS name_zh,
    came.persons,
    came.names,
    came.languages
   FROM (((public.participant p
     CROSS JOIN asking)
     LEFT JOIN public.firm ON (((firm.code)::text = (p.firm)::text)))
     LEFT JOIN public.investor ON (((investor.code)::text = (p.investor)::text))),
    LATERAL ( SELECT COALESCE(array_agg((person.code)::text ORDER BY person.code), '{}'::text[]) AS persons,
            COALESCE(array_agg((person.name)::text ORDER BY person.code), '{}'::text[]) AS names,
            COALESCE(array_agg(COALESCE(person.language, ''::text) ORDER BY person.code), '{}'::text[]) AS languages
           FROM (public.participant_person with_it
             JOIN public.person ON (((person.code)::text = (with_it.person)::text)))
          WHERE (((with_it.roadshow)::text = (p.roadshow)::text) AND ((with_it.party)::text = (p.party)::text))) came
  WHERE (asking.sees_all OR ((p.investor)::text = ANY (asking.investors)) OR ((p.firm)::text = asking.firm) OR (((p.roadshow)::text, (p.firm)::text) IN ( SELECT m.roadshow,
            m.firm
           FROM (public.plan_meeting m
             JOIN public.plan ON ((((plan.roadshow)::text = (m.roadshow)::text) AND (plan.number = m.plan))))
          WHERE ((plan.state <> 'draft'::public.plan_state) AND ((m.investor)::text = ANY (( SELECT asking_1.investors
                   FROM asking asking_1)::text[]))))) OR (((p.roadshow)::text, (p.investor)::text) IN ( SELECT m.roadshow,
            m.investor
           FROM (public.plan_meeting m
             JOIN public.plan ON ((((plan.roadshow)::text = (m.roadshow)::text) AND (plan.number = m.plan))))
          WHERE ((plan.state <> 'draft'::public.plan_state) AND ((m.firm)::text = ( SELECT asking_1.firm
                   FROM asking asking_1))))));


--
-- Name: told_meeting; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.told_meeting WITH (security_barrier='true') AS
 WITH asking AS MATERIALIZED (
         SELECT (CURRENT_USER <> 'bellwether_party'::name) AS sees_all,
            public.own_investors() AS investors,
            public.own_firm() AS firm
        )
 SELECT DISTINCT ON (m.roadshow, m.meeting) m.roadshow,
    m.meeting AS number,
    m.firm,
    m.investor,
    m.during,
    s.number AS slot,
    m."table",
    t.name AS table_name,
    t.room,
    m.live,
        CASE
            WHEN (plan.state = 'published'::public.plan_state) THEN m.sequence
            ELSE (max(m.sequence) OVER (PARTITION BY m.roadshow, m.meeting) + 1)
        END AS sequence
   FROM ((((public.plan_meeting m
     CROSS JOIN asking)
     JOIN public.plan ON ((((plan.roadshow)::text = (m.roadshow)::text) AND (plan.number = m.plan))))
     LEFT JOIN public.roadshow_slot s ON ((((s.roadshow)::text = (m.roadshow)::text) AND (s.during = m.during))))
     LEFT JOIN public.roadshow_table t ON ((((t.roadshow)::text = (m.roadshow)::text) AND (t.number = m."table"))))
  WHERE ((plan.state <> 'draft'::public.plan_state) AND (asking.sees_all OR ((m.investor)::text = ANY (asking.investors)) OR ((m.firm)::text = asking.firm)))
  ORDER BY m.roadshow, m.meeting, (plan.state = 'published'::public.plan_state) DESC, plan.published_at DESC, plan.number DESC;


--
-- Name: told_pitch; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.told_pitch WITH (security_barrier='true') AS
 WITH asking AS MATERIALIZED (
         SELECT (CURRENT_USER <> 'bellwether_party'::name) AS sees_all,
            public.own_investors() AS investors,
            public.own_firm() AS firm
        )
 SELECT DISTINCT ON (pitch.roadshow, pitch.firm) pitch.roadshow,
    pitch.place,
    pitch.firm,
    firm.name,
    firm.name_zh,
    ((plan.state = 'published'::public.plan_state) AND COALESCE((p.state <> 'withdrawn'::public.participant_state), true)) AS live
   FROM ((((public.plan_pitch pitch
     CROSS JOIN asking)
     JOIN public.plan ON ((((plan.roadshow)::text = (pitch.roadshow)::text) AND (plan.number = pitch.plan))))
     JOIN public.firm ON (((firm.code)::text = (pitch.firm)::text)))
     LEFT JOIN public.participant p ON ((((p.roadshow)::text = (pitch.roadshow)::text) AND ((p.firm)::text = (pitch.firm)::text))))
  WHERE ((plan.state <> 'draft'::public.plan_state) AND (asking.sees_all OR ((pitch.firm)::text = asking.firm) OR ((plan.state = 'published'::public.plan_state) AND (EXISTS ( SELECT
           FROM public.participant own
          WHERE (((own.roadshow)::text = (pitch.roadshow)::text) AND ((own.investor)::text = ANY (asking.investors))))))))
  ORDER BY pitch.roadshow, pitch.firm, (plan.state = 'published'::public.plan_state) DESC, plan.published_at DESC, plan.number DESC;


--
-- Name: told_plan; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.told_plan WITH (security_barrier='true') AS
 WITH asking AS MATERIALIZED (
         SELECT (CURRENT_USER <> 'bellwether_party'::name) AS sees_all,
            public.own_investors() AS investors,
            public.own_firm() AS firm
        )
 SELECT plan.roadshow,
    plan.number,
    plan.published_at
   FROM (public.plan
     CROSS JOIN asking)
  WHERE ((plan.state = 'published'::public.plan_state) AND (asking.sees_all OR (EXISTS ( SELECT
           FROM public.participant p
          WHERE (((p.roadshow)::text = (plan.roadshow)::text) AND (((p.investor)::text = ANY (asking.investors)) OR ((p.firm)::text = asking.firm)))))));


--
-- Name: wish; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.wish (
    roadshow public.code NOT NULL,
    "from" public.code NOT NULL,
    "to" public.code NOT NULL,
    side public.introduction_side NOT NULL,
    kind public.wish_kind NOT NULL,
    investor public.code GENERATED ALWAYS AS (
CASE side
    WHEN 'investor'::public.introduction_side THEN "from"
    ELSE "to"
END) STORED,
    firm public.code GENERATED ALWAYS AS (
CASE side
    WHEN 'firm'::public.introduction_side THEN "from"
    ELSE "to"
END) STORED
);


--
-- Name: audit_block audit_block_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_block
    ADD CONSTRAINT audit_block_pkey PRIMARY KEY (number);


--
-- Name: audit audit_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (sequence);


--
-- Name: firm firm_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.firm
    ADD CONSTRAINT firm_id_key UNIQUE (id);


--
-- Name: firm firm_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.firm
    ADD CONSTRAINT firm_pkey PRIMARY KEY (code);


--
-- Name: holding holding_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.holding
    ADD CONSTRAINT holding_key UNIQUE NULLS NOT DISTINCT (investor, firm, since, round);


--
-- Name: idempotency_key idempotency_key_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (principal, key);


--
-- Name: institute institute_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.institute
    ADD CONSTRAINT institute_pkey PRIMARY KEY (code);


--
-- Name: introduction_event introduction_event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.introduction_event
    ADD CONSTRAINT introduction_event_pkey PRIMARY KEY (sequence);


--
-- Name: introduction_event introduction_event_step_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.introduction_event
    ADD CONSTRAINT introduction_event_step_key UNIQUE (introduction, step);


--
-- Name: introduction introduction_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.introduction
    ADD CONSTRAINT introduction_pkey PRIMARY KEY (id);


--
-- Name: investor investor_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.investor
    ADD CONSTRAINT investor_id_key UNIQUE (id);


--
-- Name: investor investor_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.investor
    ADD CONSTRAINT investor_pkey PRIMARY KEY (code);


--
-- Name: meeting meeting_pair_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_pair_key UNIQUE (roadshow, firm, investor);


--
-- Name: meeting meeting_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_pkey PRIMARY KEY (number);


--
-- Name: meeting meeting_whole_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_whole_key UNIQUE (number, roadshow, firm, investor);


--
-- Name: participant_absence participant_absence_overlap; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant_absence
    ADD CONSTRAINT participant_absence_overlap EXCLUDE USING gist (roadshow WITH =, party WITH =, during WITH &&);


--
-- Name: participant_absence participant_absence_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant_absence
    ADD CONSTRAINT participant_absence_pkey PRIMARY KEY (roadshow, party, number);


--
-- Name: participant participant_firm_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant
    ADD CONSTRAINT participant_firm_key UNIQUE (roadshow, firm);


--
-- Name: participant participant_investor_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant
    ADD CONSTRAINT participant_investor_key UNIQUE (roadshow, investor);


--
-- Name: participant_person participant_person_once; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant_person
    ADD CONSTRAINT participant_person_once PRIMARY KEY (roadshow, person);


--
-- Name: participant participant_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant
    ADD CONSTRAINT participant_pkey PRIMARY KEY (roadshow, party);


--
-- Name: person person_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (code);


--
-- Name: pin pin_firm_twice; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_firm_twice UNIQUE (roadshow, firm, slot) DEFERRABLE;


--
-- Name: pin pin_investor_twice; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_investor_twice UNIQUE (roadshow, investor, slot) DEFERRABLE;


--
-- Name: pin pin_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_pkey PRIMARY KEY (roadshow, firm, investor);


--
-- Name: pin pin_table_twice; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_table_twice UNIQUE (roadshow, "table", slot) DEFERRABLE;


--
-- Name: plan_meeting plan_meeting_firm_elsewhere; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_meeting
    ADD CONSTRAINT plan_meeting_firm_elsewhere EXCLUDE USING gist (firm WITH =, during WITH &&) WHERE (live);


--
-- Name: plan_meeting plan_meeting_firm_twice; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_meeting
    ADD CONSTRAINT plan_meeting_firm_twice EXCLUDE USING gist (roadshow WITH =, plan WITH =, firm WITH =, during WITH &&);


--
-- Name: plan_meeting plan_meeting_investor_elsewhere; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_meeting
    ADD CONSTRAINT plan_meeting_investor_elsewhere EXCLUDE USING gist (investor WITH =, during WITH &&) WHERE (live);


--
-- Name: plan_meeting plan_meeting_investor_twice; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_meeting
    ADD CONSTRAINT plan_meeting_investor_twice EXCLUDE USING gist (roadshow WITH =, plan WITH =, investor WITH =, during WITH &&);


--
-- Name: plan_meeting plan_meeting_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_meeting
    ADD CONSTRAINT plan_meeting_pkey PRIMARY KEY (roadshow, plan, meeting);


--
-- Name: plan_meeting plan_meeting_table_twice; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_meeting
    ADD CONSTRAINT plan_meeting_table_twice EXCLUDE USING gist (roadshow WITH =, plan WITH =, "table" WITH =, during WITH &&);


--
-- Name: plan_pitch plan_pitch_firm_once; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_pitch
    ADD CONSTRAINT plan_pitch_firm_once UNIQUE (roadshow, plan, firm);


--
-- Name: plan_pitch plan_pitch_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_pitch
    ADD CONSTRAINT plan_pitch_pkey PRIMARY KEY (roadshow, plan, place);


--
-- Name: plan plan_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_pkey PRIMARY KEY (roadshow, number);


--
-- Name: policy policy_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.policy
    ADD CONSTRAINT policy_pkey PRIMARY KEY (number);


--
-- Name: project project_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_id_key UNIQUE (id);


--
-- Name: project project_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_pkey PRIMARY KEY (code);


--
-- Name: publication publication_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.publication
    ADD CONSTRAINT publication_pkey PRIMARY KEY (only_row);


--
-- Name: ranking ranking_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ranking
    ADD CONSTRAINT ranking_pkey PRIMARY KEY (investor, run, revision);


--
-- Name: rate rate_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rate
    ADD CONSTRAINT rate_pkey PRIMARY KEY ("from", "to", date);


--
-- Name: refusal refusal_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_pkey PRIMARY KEY (investor, firm);


--
-- Name: revision revision_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_pkey PRIMARY KEY (run, revision);


--
-- Name: roadshow_block roadshow_block_overlap; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roadshow_block
    ADD CONSTRAINT roadshow_block_overlap EXCLUDE USING gist (roadshow WITH =, tsrange(starts_at, ends_at) WITH &&);


--
-- Name: roadshow_block roadshow_block_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roadshow_block
    ADD CONSTRAINT roadshow_block_pkey PRIMARY KEY (roadshow, number);


--
-- Name: roadshow roadshow_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roadshow
    ADD CONSTRAINT roadshow_pkey PRIMARY KEY (code);


--
-- Name: roadshow_slot roadshow_slot_overlap; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roadshow_slot
    ADD CONSTRAINT roadshow_slot_overlap EXCLUDE USING gist (roadshow WITH =, during WITH &&);


--
-- Name: roadshow_slot roadshow_slot_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roadshow_slot
    ADD CONSTRAINT roadshow_slot_pkey PRIMARY KEY (roadshow, number);


--
-- Name: roadshow_table roadshow_table_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roadshow_table
    ADD CONSTRAINT roadshow_table_pkey PRIMARY KEY (roadshow, number);


--
-- Name: round round_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.round
    ADD CONSTRAINT round_pkey PRIMARY KEY (firm, date, kind);


--
-- Name: run run_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (number);


--
-- Name: schema_migration schema_migration_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);


--
-- Name: sector sector_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sector
    ADD CONSTRAINT sector_pkey PRIMARY KEY (code);


--
-- Name: token token_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (id);


--
-- Name: wish wish_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.wish
    ADD CONSTRAINT wish_pkey PRIMARY KEY (roadshow, "from", "to");


--
-- Name: audit_block_youngest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_block_youngest ON public.audit_block USING btree (youngest);


--
-- Name: audit_xid; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_xid ON public.audit USING btree (xid);


--
-- Name: firm_changed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX firm_changed ON public.firm USING btree (changed_xid);


--
-- Name: firm_institute; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX firm_institute ON public.firm USING btree (institute);


--
-- Name: holding_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX holding_firm ON public.holding USING btree (firm);


--
-- Name: idempotency_key_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_key_created ON public.idempotency_key USING btree (created_at);


--
-- Name: introduction_deferred; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX introduction_deferred ON public.introduction USING btree (id) WHERE (state = 'not_now'::public.introduction_state);


--
-- Name: introduction_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX introduction_due ON public.introduction USING btree (expires_on) WHERE (state = ANY (ARRAY['proposed'::public.introduction_state, 'asked'::public.introduction_state]));


--
-- Name: introduction_of_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX introduction_of_firm ON public.introduction USING btree (firm);


--
-- Name: introduction_under_way; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX introduction_under_way ON public.introduction USING btree (investor, firm) WHERE (state <> ALL (ARRAY['invested'::public.introduction_state, 'declined'::public.introduction_state, 'expired'::public.introduction_state, 'withdrawn'::public.introduction_state, 'no_show'::public.introduction_state]));


--
-- Name: investor_changed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX investor_changed ON public.investor USING btree (changed_xid);


--
-- Name: investor_parent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX investor_parent ON public.investor USING btree (parent);


--
-- Name: participant_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX participant_firm ON public.participant USING btree (firm);


--
-- Name: participant_investor; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX participant_investor ON public.participant USING btree (investor);


--
-- Name: participant_person_party; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX participant_person_party ON public.participant_person USING btree (roadshow, party);


--
-- Name: participant_person_person; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX participant_person_person ON public.participant_person USING btree (person);


--
-- Name: person_of; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX person_of ON public.person USING btree (of);


--
-- Name: plan_meeting_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX plan_meeting_firm ON public.plan_meeting USING btree (firm);


--
-- Name: plan_meeting_investor; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX plan_meeting_investor ON public.plan_meeting USING btree (investor);


--
-- Name: plan_meeting_meeting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX plan_meeting_meeting ON public.plan_meeting USING btree (meeting);


--
-- Name: plan_one_published; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX plan_one_published ON public.plan USING btree (roadshow) WHERE (state = 'published'::public.plan_state);


--
-- Name: plan_pitch_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX plan_pitch_firm ON public.plan_pitch USING btree (firm);


--
-- Name: project_changed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX project_changed ON public.project USING btree (changed_xid);


--
-- Name: project_institute; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX project_institute ON public.project USING btree (institute);


--
-- Name: ranking_revision; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ranking_revision ON public.ranking USING btree (run, revision);


--
-- Name: wish_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX wish_firm ON public.wish USING btree (roadshow, firm);


--
-- Name: wish_investor; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX wish_investor ON public.wish USING btree (roadshow, investor);


--
-- Name: audit audit_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();


--
-- Name: audit_block audit_block_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_block_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_block FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();


--
-- Name: firm firm_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_changes BEFORE UPDATE ON public.firm FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: firm firm_notify; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_notify AFTER INSERT OR UPDATE ON public.firm FOR EACH STATEMENT EXECUTE FUNCTION public.notify_changed();


--
-- Name: firm firm_retired; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_retired AFTER UPDATE OF retired ON public.firm FOR EACH ROW WHEN ((new.retired AND (NOT old.retired))) EXECUTE FUNCTION public.retired_withdraws();


--
-- Name: firm firm_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_rows_stay BEFORE DELETE OR TRUNCATE ON public.firm FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: firm firm_sectors_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_sectors_added AFTER INSERT ON public.firm REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: firm firm_sectors_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_sectors_changed AFTER UPDATE ON public.firm REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: holding holding_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER holding_added AFTER INSERT ON public.holding REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.holdings_touch();


--
-- Name: holding holding_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER holding_changed AFTER UPDATE ON public.holding REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.holdings_touch();


--
-- Name: holding holding_deleted; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER holding_deleted AFTER DELETE ON public.holding REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.holdings_touch();


--
-- Name: holding holding_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER holding_rows_stay BEFORE TRUNCATE ON public.holding FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: holding holding_was; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER holding_was AFTER UPDATE ON public.holding REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.holdings_touch();


--
-- Name: institute institute_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER institute_changes BEFORE UPDATE ON public.institute FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: institute institute_fields_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER institute_fields_added AFTER INSERT ON public.institute REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.fields_exist();


--
-- Name: institute institute_fields_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER institute_fields_changed AFTER UPDATE ON public.institute REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.fields_exist();


--
-- Name: institute institute_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER institute_rows_stay BEFORE DELETE OR TRUNCATE ON public.institute FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: introduction introduction_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER introduction_added AFTER INSERT ON public.introduction REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.introductions_tell();


--
-- Name: introduction_event introduction_event_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER introduction_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.introduction_event FOR EACH STATEMENT EXECUTE FUNCTION public.events_are_append_only();


--
-- Name: introduction introduction_moved; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER introduction_moved AFTER UPDATE ON public.introduction REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.introductions_tell();


--
-- Name: introduction introduction_moves; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER introduction_moves BEFORE UPDATE ON public.introduction FOR EACH ROW EXECUTE FUNCTION public.introduction_moves();


--
-- Name: introduction introduction_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER introduction_rows_stay BEFORE DELETE OR TRUNCATE ON public.introduction FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: investor investor_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_changes BEFORE UPDATE ON public.investor FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: investor investor_mandates_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_mandates_added AFTER INSERT ON public.investor REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.mandates_hold();


--
-- Name: investor investor_mandates_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_mandates_changed AFTER UPDATE ON public.investor REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.mandates_hold();


--
-- Name: investor investor_notify; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_notify AFTER INSERT OR UPDATE ON public.investor FOR EACH STATEMENT EXECUTE FUNCTION public.notify_changed();


--
-- Name: investor investor_retired; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_retired AFTER UPDATE OF retired ON public.investor FOR EACH ROW WHEN ((new.retired AND (NOT old.retired))) EXECUTE FUNCTION public.retired_withdraws();


--
-- Name: investor investor_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_rows_stay BEFORE DELETE OR TRUNCATE ON public.investor FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: meeting meeting_moves; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER meeting_moves BEFORE UPDATE ON public.meeting FOR EACH ROW EXECUTE FUNCTION public.meeting_moves();


--
-- Name: meeting meeting_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER meeting_rows_stay BEFORE DELETE OR TRUNCATE ON public.meeting FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: participant participant_limit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER participant_limit AFTER INSERT ON public.participant REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rows_of_a_roadshow('2000');


--
-- Name: participant_person participant_person_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER participant_person_added AFTER INSERT ON public.participant_person REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.delegations_hold();


--
-- Name: participant_person participant_person_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER participant_person_changed AFTER UPDATE ON public.participant_person REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.delegations_hold();


--
-- Name: person person_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER person_changes BEFORE UPDATE ON public.person FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: person person_leaves; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER person_leaves AFTER UPDATE ON public.person FOR EACH ROW WHEN ((((new.of)::text IS DISTINCT FROM (old.of)::text) OR (new.of_kind IS DISTINCT FROM old.of_kind))) EXECUTE FUNCTION public.person_leaves();


--
-- Name: pin pin_limit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pin_limit AFTER INSERT ON public.pin REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rows_of_a_roadshow('5000');


--
-- Name: pin pin_order; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pin_order AFTER INSERT OR UPDATE ON public.pin FOR EACH ROW WHEN ((new.after_firm IS NOT NULL)) EXECUTE FUNCTION public.pins_have_an_order();


--
-- Name: plan_meeting plan_meeting_has_a_place; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_meeting_has_a_place AFTER INSERT ON public.plan_meeting REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.plan_meetings_have_a_place();


--
-- Name: plan_meeting plan_meeting_is_fixed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_meeting_is_fixed BEFORE INSERT OR DELETE OR UPDATE ON public.plan_meeting FOR EACH ROW EXECUTE FUNCTION public.plan_rows_are_fixed();


--
-- Name: plan_meeting plan_meeting_may_live; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_meeting_may_live AFTER INSERT OR UPDATE ON public.plan_meeting FOR EACH ROW WHEN (new.live) EXECUTE FUNCTION public.plan_meeting_may_live();


--
-- Name: plan_meeting plan_meeting_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_meeting_rows_stay BEFORE TRUNCATE ON public.plan_meeting FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: plan plan_moves; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_moves BEFORE DELETE OR UPDATE ON public.plan FOR EACH ROW EXECUTE FUNCTION public.plan_moves();


--
-- Name: plan_pitch plan_pitch_is_fixed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_pitch_is_fixed BEFORE INSERT OR DELETE OR UPDATE ON public.plan_pitch FOR EACH ROW EXECUTE FUNCTION public.plan_rows_are_fixed();


--
-- Name: plan_pitch plan_pitch_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_pitch_rows_stay BEFORE TRUNCATE ON public.plan_pitch FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: plan plan_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_rows_stay BEFORE TRUNCATE ON public.plan FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: plan plan_takes_effect; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_takes_effect AFTER UPDATE ON public.plan FOR EACH ROW WHEN ((new.state <> old.state)) EXECUTE FUNCTION public.plan_takes_effect();


--
-- Name: policy policy_is_fixed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER policy_is_fixed BEFORE DELETE OR UPDATE OR TRUNCATE ON public.policy FOR EACH STATEMENT EXECUTE FUNCTION public.policies_are_fixed();


--
-- Name: project project_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER project_changes BEFORE UPDATE ON public.project FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: project project_notify; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER project_notify AFTER INSERT OR UPDATE ON public.project FOR EACH STATEMENT EXECUTE FUNCTION public.notify_changed();


--
-- Name: project project_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER project_rows_stay BEFORE DELETE OR TRUNCATE ON public.project FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: project project_sectors_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER project_sectors_added AFTER INSERT ON public.project REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: project project_sectors_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER project_sectors_changed AFTER UPDATE ON public.project REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: ranking ranking_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER ranking_added AFTER INSERT ON public.ranking REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rankings_hold();


--
-- Name: ranking ranking_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER ranking_changed AFTER UPDATE ON public.ranking REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rankings_hold();


--
-- Name: rate rate_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER rate_changes BEFORE UPDATE ON public.rate FOR EACH ROW EXECUTE FUNCTION public.rate_changes();


--
-- Name: rate rate_notify; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER rate_notify AFTER INSERT OR UPDATE ON public.rate FOR EACH STATEMENT EXECUTE FUNCTION public.notify_changed();


--
-- Name: rate rate_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER rate_rows_stay BEFORE DELETE OR TRUNCATE ON public.rate FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: refusal refusal_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER refusal_added AFTER INSERT ON public.refusal REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.refusals_touch();


--
-- Name: refusal refusal_deleted; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER refusal_deleted AFTER DELETE ON public.refusal REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.refusals_touch();


--
-- Name: refusal refusal_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER refusal_rows_stay BEFORE TRUNCATE ON public.refusal FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: roadshow_block roadshow_block_cuts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_block_cuts AFTER INSERT OR DELETE OR UPDATE ON public.roadshow_block FOR EACH ROW EXECUTE FUNCTION public.blocks_cut_slots();


--
-- Name: roadshow_block roadshow_block_stands; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_block_stands BEFORE INSERT OR UPDATE ON public.roadshow_block FOR EACH ROW EXECUTE FUNCTION public.block_stands();


--
-- Name: roadshow roadshow_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_changes BEFORE UPDATE ON public.roadshow FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: roadshow roadshow_keeps_its_time; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_keeps_its_time AFTER UPDATE ON public.roadshow FOR EACH ROW WHEN (((((new.time_zone)::text IS DISTINCT FROM (old.time_zone)::text) OR (new.starts_on IS DISTINCT FROM old.starts_on)) OR (new.ends_on IS DISTINCT FROM old.ends_on))) EXECUTE FUNCTION public.roadshow_keeps_its_time();


--
-- Name: roadshow roadshow_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_rows_stay BEFORE DELETE OR TRUNCATE ON public.roadshow FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: roadshow roadshow_sectors_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_sectors_added AFTER INSERT ON public.roadshow REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: roadshow roadshow_sectors_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_sectors_changed AFTER UPDATE ON public.roadshow REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: roadshow_table roadshow_table_is_free; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_table_is_free BEFORE DELETE ON public.roadshow_table FOR EACH ROW EXECUTE FUNCTION public.table_is_free();


--
-- Name: round round_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER round_added AFTER INSERT ON public.round REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rounds_touch();


--
-- Name: round round_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER round_changed AFTER UPDATE ON public.round REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rounds_touch();


--
-- Name: round round_deleted; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER round_deleted AFTER DELETE ON public.round REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rounds_touch();


--
-- Name: round round_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER round_rows_stay BEFORE TRUNCATE ON public.round FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: round round_was; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER round_was AFTER UPDATE ON public.round REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rounds_touch();


--
-- Name: sector sector_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER sector_changes BEFORE UPDATE ON public.sector FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: sector sector_notify; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER sector_notify AFTER INSERT OR UPDATE ON public.sector FOR EACH STATEMENT EXECUTE FUNCTION public.notify_changed();


--
-- Name: sector sector_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER sector_rows_stay BEFORE DELETE OR TRUNCATE ON public.sector FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: sector sector_tree; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER sector_tree AFTER INSERT OR UPDATE ON public.sector FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_form_a_tree();


--
-- Name: token token_notify; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER token_notify AFTER UPDATE ON public.token FOR EACH STATEMENT EXECUTE FUNCTION public.notify_changed();


--
-- Name: token token_only_ends; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER token_only_ends BEFORE UPDATE ON public.token FOR EACH ROW EXECUTE FUNCTION public.token_only_ends();


--
-- Name: token token_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER token_rows_stay BEFORE DELETE OR TRUNCATE ON public.token FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: wish wish_limit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER wish_limit AFTER INSERT ON public.wish REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rows_of_a_roadshow('20000');


--
-- Name: firm firm_institute_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.firm
    ADD CONSTRAINT firm_institute_fkey FOREIGN KEY (institute) REFERENCES public.institute(code);


--
-- Name: firm firm_merged_into_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.firm
    ADD CONSTRAINT firm_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES public.firm(code);


--
-- Name: firm firm_project_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.firm
    ADD CONSTRAINT firm_project_fkey FOREIGN KEY (project) REFERENCES public.project(code);


--
-- Name: holding holding_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.holding
    ADD CONSTRAINT holding_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: holding holding_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.holding
    ADD CONSTRAINT holding_investor_fkey FOREIGN KEY (investor) REFERENCES public.investor(code);


--
-- Name: introduction introduction_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.introduction
    ADD CONSTRAINT introduction_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: introduction introduction_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.introduction
    ADD CONSTRAINT introduction_investor_fkey FOREIGN KEY (investor) REFERENCES public.investor(code);


--
-- Name: introduction introduction_roadshow_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.introduction
    ADD CONSTRAINT introduction_roadshow_fkey FOREIGN KEY (roadshow) REFERENCES public.roadshow(code);


--
-- Name: investor investor_parent_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.investor
    ADD CONSTRAINT investor_parent_fkey FOREIGN KEY (parent) REFERENCES public.investor(code);


--
-- Name: meeting meeting_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_firm_fkey FOREIGN KEY (roadshow, firm) REFERENCES public.participant(roadshow, firm);


--
-- Name: meeting meeting_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_investor_fkey FOREIGN KEY (roadshow, investor) REFERENCES public.participant(roadshow, investor);


--
-- Name: participant_absence participant_absence_party_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant_absence
    ADD CONSTRAINT participant_absence_party_fkey FOREIGN KEY (roadshow, party) REFERENCES public.participant(roadshow, party) ON DELETE CASCADE;


--
-- Name: participant participant_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant
    ADD CONSTRAINT participant_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: participant participant_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant
    ADD CONSTRAINT participant_investor_fkey FOREIGN KEY (investor) REFERENCES public.investor(code);


--
-- Name: participant_person participant_person_party_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant_person
    ADD CONSTRAINT participant_person_party_fkey FOREIGN KEY (roadshow, party) REFERENCES public.participant(roadshow, party) ON DELETE CASCADE;


--
-- Name: participant_person participant_person_person_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant_person
    ADD CONSTRAINT participant_person_person_fkey FOREIGN KEY (person) REFERENCES public.person(code) ON DELETE CASCADE;


--
-- Name: participant participant_roadshow_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant
    ADD CONSTRAINT participant_roadshow_fkey FOREIGN KEY (roadshow) REFERENCES public.roadshow(code);


--
-- Name: person person_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: person person_institute_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_institute_fkey FOREIGN KEY (institute) REFERENCES public.institute(code);


--
-- Name: person person_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_investor_fkey FOREIGN KEY (investor) REFERENCES public.investor(code);


--
-- Name: pin pin_after_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_after_firm_fkey FOREIGN KEY (roadshow, after_firm) REFERENCES public.participant(roadshow, firm);


--
-- Name: pin pin_after_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_after_investor_fkey FOREIGN KEY (roadshow, after_investor) REFERENCES public.participant(roadshow, investor);


--
-- Name: pin pin_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_firm_fkey FOREIGN KEY (roadshow, firm) REFERENCES public.participant(roadshow, firm);


--
-- Name: pin pin_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_investor_fkey FOREIGN KEY (roadshow, investor) REFERENCES public.participant(roadshow, investor);


--
-- Name: pin pin_slot_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_slot_fkey FOREIGN KEY (roadshow, slot) REFERENCES public.roadshow_slot(roadshow, number) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: pin pin_table_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_table_fkey FOREIGN KEY (roadshow, "table") REFERENCES public.roadshow_table(roadshow, number);


--
-- Name: plan plan_base_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_base_fkey FOREIGN KEY (roadshow, base) REFERENCES public.plan(roadshow, number);


--
-- Name: plan_meeting plan_meeting_meeting_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_meeting
    ADD CONSTRAINT plan_meeting_meeting_fkey FOREIGN KEY (meeting, roadshow, firm, investor) REFERENCES public.meeting(number, roadshow, firm, investor);


--
-- Name: plan_meeting plan_meeting_plan_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_meeting
    ADD CONSTRAINT plan_meeting_plan_fkey FOREIGN KEY (roadshow, plan) REFERENCES public.plan(roadshow, number) ON DELETE CASCADE;


--
-- Name: plan_pitch plan_pitch_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_pitch
    ADD CONSTRAINT plan_pitch_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: plan_pitch plan_pitch_plan_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_pitch
    ADD CONSTRAINT plan_pitch_plan_fkey FOREIGN KEY (roadshow, plan) REFERENCES public.plan(roadshow, number) ON DELETE CASCADE;


--
-- Name: plan plan_roadshow_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_roadshow_fkey FOREIGN KEY (roadshow) REFERENCES public.roadshow(code);


--
-- Name: project project_institute_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_institute_fkey FOREIGN KEY (institute) REFERENCES public.institute(code);


--
-- Name: publication publication_policy_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.publication
    ADD CONSTRAINT publication_policy_fkey FOREIGN KEY (policy) REFERENCES public.policy(number);


--
-- Name: publication publication_revision_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.publication
    ADD CONSTRAINT publication_revision_fkey FOREIGN KEY (run, revision) REFERENCES public.revision(run, revision) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: refusal refusal_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: refusal refusal_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_investor_fkey FOREIGN KEY (investor) REFERENCES public.investor(code);


--
-- Name: revision revision_run_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_run_fkey FOREIGN KEY (run) REFERENCES public.run(number) ON DELETE CASCADE;


--
-- Name: roadshow_block roadshow_block_roadshow_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roadshow_block
    ADD CONSTRAINT roadshow_block_roadshow_fkey FOREIGN KEY (roadshow) REFERENCES public.roadshow(code);


--
-- Name: roadshow_slot roadshow_slot_block_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roadshow_slot
    ADD CONSTRAINT roadshow_slot_block_fkey FOREIGN KEY (roadshow, block) REFERENCES public.roadshow_block(roadshow, number) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: roadshow_table roadshow_table_roadshow_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roadshow_table
    ADD CONSTRAINT roadshow_table_roadshow_fkey FOREIGN KEY (roadshow) REFERENCES public.roadshow(code);


--
-- Name: round round_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.round
    ADD CONSTRAINT round_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: run run_policy_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_policy_fkey FOREIGN KEY (policy) REFERENCES public.policy(number);


--
-- Name: sector sector_parent_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sector
    ADD CONSTRAINT sector_parent_fkey FOREIGN KEY (parent) REFERENCES public.sector(code);


--
-- Name: token token_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: token token_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_investor_fkey FOREIGN KEY (investor) REFERENCES public.investor(code);


--
-- Name: wish wish_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.wish
    ADD CONSTRAINT wish_firm_fkey FOREIGN KEY (roadshow, firm) REFERENCES public.participant(roadshow, firm);


--
-- Name: wish wish_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.wish
    ADD CONSTRAINT wish_investor_fkey FOREIGN KEY (roadshow, investor) REFERENCES public.participant(roadshow, investor);


--
-- Name: audit; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.audit ENABLE ROW LEVEL SECURITY;

--
-- Name: firm; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.firm ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency_key; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;

--
-- Name: institute; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.institute ENABLE ROW LEVEL SECURITY;

--
-- Name: introduction; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.introduction ENABLE ROW LEVEL SECURITY;

--
-- Name: investor; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.investor ENABLE ROW LEVEL SECURITY;

--
-- Name: firm known; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY known ON public.firm FOR SELECT TO bellwether_party USING ((id = ANY (( SELECT public.known_firms() AS known_firms)::integer[])));


--
-- Name: meeting; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.meeting ENABLE ROW LEVEL SECURITY;

--
-- Name: audit own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.audit USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR (principal = ('token:'::text || current_setting('bellwether.token'::text, true)))));


--
-- Name: firm own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.firm USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR ((code)::text = ( SELECT public.own_firm() AS own_firm))));


--
-- Name: idempotency_key own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.idempotency_key USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR (principal = ('token:'::text || current_setting('bellwether.token'::text, true)))));


--
-- Name: institute own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.institute USING ((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name));


--
-- Name: introduction own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.introduction USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR ((investor)::text = ANY (( SELECT public.own_investors() AS own_investors)::text[])) OR ((firm)::text = ( SELECT public.own_firm() AS own_firm)))) WITH CHECK (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR ((by = ('token:'::text || current_setting('bellwether.token'::text, true))) AND (((investor)::text = ANY (( SELECT public.own_investors() AS own_investors)::text[])) OR ((firm)::text = ( SELECT public.own_firm() AS own_firm))))));


--
-- Name: investor own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.investor USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR ((code)::text = ANY (( SELECT public.own_investors() AS own_investors)::text[]))));


--
-- Name: meeting own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.meeting USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR (number IN ( SELECT m.meeting
   FROM public.plan_meeting m))));


--
-- Name: participant own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.participant USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR ((investor)::text = ANY (( SELECT public.own_investors() AS own_investors)::text[])) OR ((firm)::text = ( SELECT public.own_firm() AS own_firm))));


--
-- Name: participant_absence own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.participant_absence USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR (((roadshow)::text, (party)::text) IN ( SELECT p.roadshow,
    p.party
   FROM public.participant p))));


--
-- Name: plan_meeting own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.plan_meeting USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR (live AND (((investor)::text = ANY (( SELECT public.own_investors() AS own_investors)::text[])) OR ((firm)::text = ( SELECT public.own_firm() AS own_firm))))));


--
-- Name: roadshow own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.roadshow USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR ((code)::text IN ( SELECT p.roadshow
   FROM public.participant p))));


--
-- Name: roadshow_block own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.roadshow_block USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR ((roadshow)::text IN ( SELECT p.roadshow
   FROM public.participant p))));


--
-- Name: roadshow_slot own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.roadshow_slot USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR ((roadshow)::text IN ( SELECT p.roadshow
   FROM public.participant p))));


--
-- Name: wish own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own ON public.wish USING (((( SELECT CURRENT_USER AS "current_user") <> 'bellwether_party'::name) OR ((side = 'investor'::public.introduction_side) AND (("from")::text = ANY (( SELECT public.own_investors() AS own_investors)::text[]))) OR ((side = 'firm'::public.introduction_side) AND (("from")::text = ( SELECT public.own_firm() AS own_firm)))));


--
-- Name: participant; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.participant ENABLE ROW LEVEL SECURITY;

--
-- Name: participant_absence; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.participant_absence ENABLE ROW LEVEL SECURITY;

--
-- Name: plan_meeting; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.plan_meeting ENABLE ROW LEVEL SECURITY;

--
-- Name: roadshow; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.roadshow ENABLE ROW LEVEL SECURITY;

--
-- Name: roadshow_block; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.roadshow_block ENABLE ROW LEVEL SECURITY;

--
-- Name: roadshow_slot; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.roadshow_slot ENABLE ROW LEVEL SECURITY;

--
-- Name: wish; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.wish ENABLE ROW LEVEL SECURITY;

--
-- PostgreSQL database dump complete
--


