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
-- Name: decision_outcome; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.decision_outcome AS ENUM (
    'approved',
    'rejected',
    'deferred'
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
    'meet',
    'correct',
    'merge',
    'revert'
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
-- Name: introduction_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.introduction_kind AS ENUM (
    'investment',
    'handover'
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
    'other',
    'merged'
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
-- Name: ledger_account; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.ledger_account AS ENUM (
    'appropriation',
    'cash',
    'committed',
    'stakes',
    'result'
);


--
-- Name: ledger_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.ledger_kind AS ENUM (
    'budget',
    'commit',
    'buy',
    'sell',
    'write_off',
    'release'
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
-- Name: pilot_result; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.pilot_result AS ENUM (
    'passed',
    'failed',
    'abandoned'
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
-- Name: relay_step; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.relay_step AS ENUM (
    'stake',
    'term_sheet',
    'invested',
    'handover'
);


--
-- Name: review_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.review_kind AS ENUM (
    'expert',
    'commercial',
    'financial',
    'legal'
);


--
-- Name: review_verdict; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.review_verdict AS ENUM (
    'positive',
    'conditional',
    'negative'
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
-- Name: tranche_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.tranche_kind AS ENUM (
    'buy',
    'sell',
    'write_off'
);


--
-- Name: wish_kind; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.wish_kind AS ENUM (
    'must_meet',
    'meet',
    'no_thanks'
);


--
-- Name: account_follows_postings(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.account_follows_postings() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  -- Reached by way of a posting only.
  IF pg_trigger_depth() < 2 AND (TG_OP = 'UPDATE' OR NEW.balance <> 0) THEN
    PERFORM refuse('account_follows_postings', 'an account is changed by postings only');
  END IF;
  RETURN NEW;
END $$;


--
-- Name: appointments_are_told_anew(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.appointments_are_told_anew() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'roadshow' THEN PERFORM tell_anew(NEW.code, NULL, NULL);
    WHEN 'roadshow_table' THEN PERFORM tell_anew(NEW.roadshow, NEW.number, NULL);
    WHEN 'person' THEN
      PERFORM tell_anew(with_it.roadshow, NULL, with_it.party) FROM participant_person AS with_it WHERE with_it.person = NEW.code;
    WHEN 'participant_person' THEN
      IF TG_OP = 'DELETE' THEN PERFORM tell_anew(OLD.roadshow, NULL, OLD.party);
      ELSE PERFORM tell_anew(NEW.roadshow, NULL, NEW.party); END IF;
    ELSE PERFORM tell_anew(NULL, NULL, NEW.code);
  END CASE;
  RETURN NULL;
END $$;


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
-- Name: are_known_codes(text[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.are_known_codes(codes text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
  SELECT are_codes(codes) AND array_position(codes, NULL) IS NULL
$$;


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
  IF TG_OP <> 'INSERT' THEN
    PERFORM hold_roadshow(OLD.roadshow), cut_slots(OLD.roadshow);
    IF EXISTS (SELECT FROM plan_pitch WHERE roadshow = OLD.roadshow AND live
        AND NOT EXISTS (SELECT FROM pitch_slots(OLD.roadshow) AS slot WHERE slot.during = plan_pitch.during)) THEN
      RAISE EXCEPTION 'pitches of the published plan would have no slot'
        USING ERRCODE = '23514', CONSTRAINT = 'roadshow_block_pitched';
    END IF;
  END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.roadshow <> OLD.roadshow THEN PERFORM cut_slots(NEW.roadshow); END IF;
  RETURN NULL;
END $$;


--
-- Name: bound(bigint, date, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.bound(committed bigint, closed_on date, drawn bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$
  SELECT CASE WHEN closed_on IS NULL THEN committed ELSE drawn END
$$;


--
-- Name: budget_is_of_the_books(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.budget_is_of_the_books() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  books record;
BEGIN
  SELECT least(sum(a.balance), 1000000000000000) AS cash, count(DISTINCT p.currency) AS currencies INTO books
    FROM programme p JOIN account a ON a.programme = p.code AND a.account = 'cash'
    WHERE p.fund = NEW.code AND p.currency = coalesce(NEW.currency, p.currency);
  IF books.currencies = 1 THEN NEW.budget_left := books.cash; END IF;
  RETURN NEW;
END $$;


--
-- Name: competition_holds(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.competition_holds() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  why text;
  of_firm text := to_jsonb(NEW) ->> 'firm';
  of_expert text := to_jsonb(NEW) ->> 'expert';
BEGIN
  IF NOT EXISTS (SELECT FROM roadshow WHERE code = NEW.roadshow AND kind = 'competition') THEN
    PERFORM refuse('competition_kind', format('roadshow %s is no competition', NEW.roadshow));
  END IF;
  PERFORM hold_roadshow(NEW.roadshow);
  IF TG_OP = 'UPDATE' AND OLD.roadshow <> NEW.roadshow
      OR EXISTS (SELECT FROM award WHERE award.roadshow = NEW.roadshow) THEN
    PERFORM refuse('competition_is_open', format('competition %s is closed; its result stands', NEW.roadshow));
  END IF;
  -- A jury is judged by all its marks together.
  IF TG_OP = 'INSERT' AND TG_TABLE_NAME = 'juror' AND (SELECT count(*) FROM juror WHERE juror.roadshow = NEW.roadshow) >= 100 THEN
    PERFORM refuse('juror_limit', 'a competition has at most 100 jurors');
  END IF;
  IF TG_OP = 'INSERT' AND TG_TABLE_NAME = 'criterion' AND (SELECT count(*) FROM criterion WHERE criterion.roadshow = NEW.roadshow) >= 50 THEN
    PERFORM refuse('criterion_limit', 'a competition has at most 50 criteria');
  END IF;
  IF TG_TABLE_NAME = 'mark' THEN
    IF NOT EXISTS (SELECT FROM participant p WHERE p.roadshow = NEW.roadshow AND p.firm = of_firm AND p.state <> 'withdrawn') THEN
      PERFORM refuse('mark_of_participant', format('firm %s does not take part in competition %s', of_firm, NEW.roadshow));
    END IF;
    SELECT coalesce(conflict_of(of_expert, of_firm, (SELECT starts_on FROM roadshow WHERE code = NEW.roadshow)),
        CASE WHEN of_firm = ANY (j.recused_from) THEN 'is recused' END) INTO why
      FROM juror j WHERE j.roadshow = NEW.roadshow AND j.expert = of_expert;
    IF why IS NOT NULL THEN
      PERFORM refuse('mark_conflict', format('juror %s %s, and cannot mark firm %s', of_expert, why, of_firm));
    END IF;
  END IF;
  RETURN NEW;
END $$;


--
-- Name: competition_stays(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.competition_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF EXISTS (SELECT FROM award WHERE award.roadshow = NEW.code) THEN
    PERFORM refuse('competition_is_open', format('competition %s is closed; its result stands', NEW.code));
  END IF;
  RETURN NEW;
END $$;


--
-- Name: conflict_of(text, text, date); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.conflict_of(expert_code text, firm_code text, day date) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  SELECT CASE
      WHEN f.code = ANY (e.conflicts) OR p.of_kind = 'firm' AND p."of" = f.code THEN 'is near to the firm'
      WHEN f.institute = ANY (e.conflicts) OR p.of_kind = 'institute' AND p."of" = f.institute
        THEN 'is near to its institute ' || f.institute
      ELSE (SELECT 'is near to ' || h.investor || ', which holds it' FROM holding h
        WHERE h.firm = f.code AND (h.since IS NULL OR h.since <= day) AND (h.exited_on IS NULL OR h.exited_on > day)
          AND (h.investor = ANY (e.conflicts) OR p.of_kind = 'investor' AND p."of" = h.investor)
        ORDER BY h.investor LIMIT 1) END
  FROM expert e LEFT JOIN person p ON p.code = e.person CROSS JOIN firm f
  WHERE e.code = expert_code AND f.code = firm_code
$$;


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
-- Name: decision_holds(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.decision_holds() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  body committee;
  voters text[] := coalesce(NEW.in_favour, '{}') || coalesce(NEW.against, '{}') || coalesce(NEW.abstained, '{}');
  named text[] := voters || coalesce(NEW.recused, '{}');
  wrong text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    PERFORM refuse('decision_is_fixed', format('decision %s was taken on %s; enter another one', OLD.code, OLD.date));
  END IF;
  SELECT * INTO body FROM committee WHERE code = NEW.committee FOR SHARE;
  IF body.retired AND NEW.date >= body.changed_at::date THEN
    PERFORM refuse('decision_committee_is_active', format('committee %s is retired', body.code));
  END IF;
  IF NEW.date > current_date THEN
    PERFORM refuse('decision_date_is_past', format('a decision is dated when it was taken, and %s is yet to come', NEW.date));
  END IF;
  SELECT code INTO wrong FROM unnest(named) AS n (code) WHERE code <> ALL (body.members) LIMIT 1;
  IF FOUND THEN
    PERFORM refuse('decision_by_members', format('%s is no member of committee %s', wrong, body.code));
  END IF;
  SELECT code INTO wrong FROM unnest(named) AS n (code) GROUP BY code HAVING count(*) > 1 LIMIT 1;
  IF FOUND THEN
    PERFORM refuse('decision_one_vote_each', format('%s is named twice in decision %s', wrong, NEW.code));
  END IF;
  SELECT code || ' ' || conflict_of(code, NEW.firm, NEW.date) INTO wrong FROM unnest(voters) AS v (code)
    WHERE conflict_of(code, NEW.firm, NEW.date) IS NOT NULL LIMIT 1;
  IF FOUND THEN
    PERFORM refuse('decision_recusal', format('%s, and must be recused', wrong));
  END IF;
  IF cardinality(voters) < body.quorum THEN
    PERFORM refuse('decision_quorum', format('%s of committee %s voted, and its quorum is %s', cardinality(voters), body.code, body.quorum));
  END IF;
  IF NEW.outcome = 'approved'
      AND coalesce(cardinality(NEW.in_favour), 0) <= coalesce(cardinality(NEW.against), 0) THEN
    PERFORM refuse('decision_majority', format('%s were in favour and %s against: that approves nothing',
      coalesce(cardinality(NEW.in_favour), 0), coalesce(cardinality(NEW.against), 0)));
  END IF;
  NEW.expires_on := coalesce(NEW.expires_on, NEW.date + 365);
  RETURN NEW;
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
-- Name: demand_evidence(text, text, text, date); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.demand_evidence(rule text, firm_code text, at_step text, day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  missing text[] := evidence_missing(firm_code, at_step, day);
BEGIN
  IF cardinality(missing) > 0 THEN
    PERFORM refuse(rule, format('the policy needs fresh evidence before %s, and firm %s has none of kind %s', at_step,
      firm_code, array_to_string(missing, ', ')));
  END IF;
END $$;


--
-- Name: effects_touch(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.effects_touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM written) THEN RETURN NULL; END IF;
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT stake.firm FROM stake WHERE stake.programme IN (SELECT programme FROM written))
      AND changed_xid <> pg_current_xact_id();
  RETURN NULL;
END $$;


--
-- Name: entry_balances(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.entry_balances() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  number bigint;
  total numeric;
  count integer;
BEGIN
  number := CASE TG_TABLE_NAME WHEN 'posting' THEN (to_jsonb(NEW) ->> 'entry') ELSE (to_jsonb(NEW) ->> 'id') END::bigint;
  SELECT sum(amount), count(*) INTO total, count FROM posting WHERE entry = number;
  IF count < 2 OR total <> 0 THEN
    PERFORM refuse('ledger_entry_balances', format('entry %s of the ledger sums to %s', number, coalesce(total, 0)));
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
-- Name: evidence_missing(text, text, date); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.evidence_missing(firm_code text, at_step text, day date) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  SELECT coalesce(array_agg(kind ORDER BY place), '{}')
  FROM unnest('{expert,commercial,financial,legal,committee}'::text[]) WITH ORDINALITY AS needed (kind, place)
  WHERE (SELECT parameters ->> ('need_' || at_step || '_' || kind) FROM policy JOIN publication ON policy = number) = '1'
    AND NOT EXISTS (SELECT FROM review r WHERE r.firm = firm_code AND r.kind::text = needed.kind AND NOT r.retired
      AND r.verdict IN ('positive', 'conditional') AND r.date <= day AND r.expires_on >= day)
    AND NOT (needed.kind = 'committee' AND EXISTS (SELECT FROM decision d WHERE d.firm = firm_code
      AND d.step::text = at_step AND d.outcome = 'approved' AND d.date <= day AND d.expires_on >= day))
$$;


--
-- Name: evidence_touches(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.evidence_touches() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM written) THEN RETURN NULL; END IF;
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT firm FROM written) AND changed_xid <> pg_current_xact_id();
  RETURN NULL;
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
-- Name: firm_is_elsewhere(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.firm_is_elsewhere() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('bellwether pitches', 0));
  IF EXISTS (SELECT FROM plan_pitch AS pitch WHERE pitch.live AND pitch.firm = NEW.firm AND pitch.during && NEW.during
        AND (TG_TABLE_NAME <> 'plan_pitch' OR (pitch.roadshow, pitch.plan) <> (NEW.roadshow, NEW.plan)))
      OR TG_TABLE_NAME = 'plan_pitch' AND EXISTS (SELECT FROM plan_meeting AS met
        WHERE met.live AND met.firm = NEW.firm AND met.during && NEW.during) THEN
    RAISE EXCEPTION 'firm % pitches or meets somebody elsewhere at this time', NEW.firm
      USING ERRCODE = '23514', CONSTRAINT = 'plan_pitch_firm_elsewhere';
  END IF;
  RETURN NULL;
END $$;


--
-- Name: firm_is_in(text[], text[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.firm_is_in(firm_sectors text[], wanted text[]) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  WITH RECURSIVE above (code) AS (
    SELECT unnest(firm_sectors) COLLATE "C"
    UNION SELECT sector.parent FROM above JOIN sector ON sector.code = above.code WHERE sector.parent IS NOT NULL)
  SELECT coalesce(cardinality(wanted), 0) = 0 OR EXISTS (SELECT FROM above WHERE code = ANY (wanted))
$$;


--
-- Name: firms_reach(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.firms_reach() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  -- What stands in one of the two only has changed. Grouped, not joined: a plan that was made for one row must not compare
  -- each of a hundred thousand with each.
  INSERT INTO milestone (firm, date, stage, trl)
    SELECT changed.code, CASE WHEN changed.is_new THEN current_date ELSE changed.begins END, changed.stage, changed.trl
    FROM (
      SELECT code, stage, trl, bool_or(is_new) AS is_new,
        min(least(coalesce(founded_on, changed_at::date), changed_at::date)) AS begins
      FROM (SELECT code, stage, trl, founded_on, changed_at, false AS is_new FROM was
        UNION ALL SELECT code, stage, trl, founded_on, changed_at, true FROM written) AS both_states
      GROUP BY code, stage, trl HAVING count(*) = 1) AS changed,
      LATERAL (SELECT count(*) AS milestones,
          (array_agg(m.stage ORDER BY m.date DESC) FILTER (WHERE m.stage IS NOT NULL))[1] AS stage,
          (array_agg(m.trl ORDER BY m.date DESC) FILTER (WHERE m.trl IS NOT NULL))[1] AS trl
        FROM milestone m WHERE m.firm = changed.code) AS newest
    WHERE CASE WHEN changed.is_new THEN (newest.stage, newest.trl) IS DISTINCT FROM (changed.stage, changed.trl)
      ELSE newest.milestones = 0 AND changed.begins < current_date END
  ON CONFLICT ON CONSTRAINT milestone_key DO UPDATE SET stage = excluded.stage, trl = excluded.trl;
  PERFORM refresh_track_records((SELECT array_agg(DISTINCT institute) FROM (
      SELECT institute FROM (SELECT code, institute, merged_into, project FROM was
        UNION ALL SELECT code, institute, merged_into, project FROM written) AS both_states
      WHERE institute IS NOT NULL GROUP BY code, institute, merged_into, project HAVING count(*) = 1) AS changed));
  RETURN NULL;
END $$;


--
-- Name: fund_stays_of_the_state(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.fund_stays_of_the_state() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.kind NOT IN ('state_fund', 'sub_fund') AND EXISTS (SELECT FROM programme WHERE fund = NEW.code) THEN
    PERFORM refuse('programme_fund_is_of_the_state', format('%s has programmes, and stays a state fund or sub-fund', NEW.code));
  END IF;
  RETURN NEW;
END $$;


--
-- Name: goes_over(jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.goes_over(old jsonb, new jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  SELECT new - '{firm,version,changed_at,changed_xid}'::text[] = old - '{firm,version,changed_at,changed_xid}'::text[]
    AND was_merged(old ->> 'firm', new ->> 'firm')
$$;


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
-- Name: idempotency_keys_bounded(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.idempotency_keys_bounded() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF (SELECT count(*) FROM idempotency_key WHERE principal = NEW.principal) >= 5000 THEN
    PERFORM refuse('idempotency_key_limit',
      '5000 keys of this token are remembered, which is all there may be; send this without key=, or wait until the oldest are forgotten, 30 days after their use');
  END IF;
  RETURN NEW;
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
-- Name: institutes_count(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.institutes_count() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM written) THEN RETURN NULL; END IF;
  IF TG_TABLE_NAME = 'firm' THEN
    PERFORM refresh_track_records(
      (SELECT array_agg(DISTINCT institute) FROM written WHERE institute IS NOT NULL));
  ELSE
    PERFORM refresh_track_records((SELECT array_agg(DISTINCT institute) FROM firm
      WHERE institute IS NOT NULL AND code IN (SELECT firm FROM written)));
  END IF;
  RETURN NULL;
END $$;


--
-- Name: introduction_bounds(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.introduction_bounds() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  questions integer;
  answers integer;
BEGIN
  SELECT count(*) FILTER (WHERE action = 'ask'), count(*) FILTER (WHERE action IN ('accept', 'defer'))
    INTO questions, answers FROM introduction_event
    WHERE introduction = NEW.id AND side = NEW.side AND at >= current_date;
  IF NEW.action = 'ask' AND questions >= 20 THEN
    PERFORM refuse('introduction_questions_a_day', format(
      'the %s has asked 20 questions in introduction %s today, which is all there may be; go on tomorrow, or say yes or no',
      NEW.side, NEW.id));
  ELSIF NEW.action <> 'ask' AND answers >= 20 THEN
    PERFORM refuse('introduction_answers_a_day', format(
      'the %s has changed its answer in introduction %s 20 times today, which is as often as it may; change it tomorrow',
      NEW.side, NEW.id));
  END IF;
  RETURN NEW;
END $$;


--
-- Name: introduction_has_evidence(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.introduction_has_evidence() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM demand_evidence('introduction_evidence_missing', NEW.firm,
    CASE WHEN NEW.state = 'invested' AND NEW.kind = 'handover' THEN 'handover' ELSE NEW.state::text END, current_date);
  RETURN NEW;
END $$;


--
-- Name: introduction_moves(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.introduction_moves() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  refused record;
BEGIN
  IF (NEW.id, NEW.investor) IS DISTINCT FROM (OLD.id, OLD.investor)
      OR NEW.firm <> OLD.firm AND NOT (NEW.state = OLD.state AND was_merged(OLD.firm, NEW.firm)) THEN
    RAISE EXCEPTION 'the two sides of an introduction are fixed'
      USING ERRCODE = '23514', CONSTRAINT = 'introduction_pair_is_fixed';
  END IF;
  IF NEW.action = 'revert' AND NEW.step <> OLD.step THEN
    SELECT * INTO refused FROM revert_refusal(OLD);
    IF FOUND THEN PERFORM refuse(refused.rule, refused.why); END IF;
    IF introduction_standing(NEW) <> OLD.before OR NEW.step <> OLD.step + 1 OR NEW.note IS NULL
        OR current_user = 'bellwether_party' THEN
      PERFORM refuse('introduction_revert_restores', format('a revert brings introduction %s back to what it was, for a reason', OLD.id));
    END IF;
    NEW.before := NULL;
    NEW.state_at := now();
    RETURN NEW;
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
  NEW.before := OLD.before;
  IF NEW.step <> OLD.step THEN
    NEW.before := CASE WHEN NEW.action IN ('decline', 'advance', 'withdraw') AND current_user <> 'bellwether_party'
      AND NEW.reason IS DISTINCT FROM 'merged' THEN introduction_standing(OLD) END;
  END IF;
  RETURN NEW;
END $$;


--
-- Name: introduction_stake_fits(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.introduction_stake_fits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM stake_position s WHERE s.stake = NEW.stake AND s.firm = NEW.firm AND s.held > 0) THEN
    PERFORM refuse('introduction_stake_fits', format('stake %s holds nothing of firm %s', NEW.stake, NEW.firm));
  END IF;
  RETURN NEW;
END $$;


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
    kind public.introduction_kind DEFAULT 'investment'::public.introduction_kind NOT NULL,
    stake public.code,
    before jsonb,
    CONSTRAINT introduction_firm_score_range CHECK (((firm_score >= 0) AND (firm_score <= 1000000))),
    CONSTRAINT introduction_firm_until CHECK (((firm_answer = 'not_now'::public.introduction_answer) = (firm_until IS NOT NULL))),
    CONSTRAINT introduction_investor_score_range CHECK (((investor_score >= 0) AND (investor_score <= 1000000))),
    CONSTRAINT introduction_investor_until CHECK (((investor_answer = 'not_now'::public.introduction_answer) = (investor_until IS NOT NULL))),
    CONSTRAINT introduction_run CHECK (((run IS NULL) = (revision IS NULL))),
    CONSTRAINT introduction_stake_of_handover CHECK (((kind = 'handover'::public.introduction_kind) = (stake IS NOT NULL)))
);


--
-- Name: introduction_standing(public.introduction); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.introduction_standing(i public.introduction) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  SELECT jsonb_build_object('state', i.state, 'investor_answer', i.investor_answer, 'firm_answer', i.firm_answer,
    'investor_until', i.investor_until, 'firm_until', i.firm_until, 'ended_by', i.ended_by, 'reason', i.reason,
    'expires_on', i.expires_on)
$$;


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
    SELECT written.*, was.state AS was FROM written
      LEFT JOIN introduction_event AS told ON told.introduction = written.id AND told.step = written.step
      LEFT JOIN introduction_event AS was ON was.introduction = written.id AND was.step = written.step - 1
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
        'investor', investor, 'firm', firm, 'state', state, 'side', side, 'reason', reason,
        'was', CASE WHEN was <> state THEN jsonb_build_object('state', was) END))
      FROM moved ORDER BY id),
  -- A no that was taken back was never said.
  unsaid AS (
    DELETE FROM refusal USING moved WHERE moved.action = 'revert' AND refusal.introduction = moved.id)
  INSERT INTO refusal (investor, firm, side, introduction)
    SELECT investor, firm, coalesce(ended_by, 'investor'), id FROM moved WHERE state = 'declined' ON CONFLICT DO NOTHING;
  PERFORM pg_notify('bellwether_introduction', '');
  RETURN NULL;
END $$;


--
-- Name: investors_stand(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.investors_stand() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM written) THEN RETURN NULL; END IF;
  INSERT INTO investor_standing (investor, since, risk, retired, budget_left, currency)
    -- What is known first of one that opened before is what it has been since.
    SELECT code, CASE TG_OP WHEN 'INSERT' THEN least(opened_on, current_date) ELSE current_date END, risk, retired,
      budget_left, currency FROM written
    WHERE (risk, retired, budget_left, currency) IS DISTINCT FROM (
      SELECT (s.risk, s.retired, s.budget_left, s.currency) FROM investor_standing s
      WHERE s.investor = written.code ORDER BY s.since DESC LIMIT 1)
  ON CONFLICT ON CONSTRAINT investor_standing_pkey DO UPDATE
    SET risk = excluded.risk, retired = excluded.retired, budget_left = excluded.budget_left, currency = excluded.currency;
  RETURN NULL;
END $$;


--
-- Name: join_absences(text, text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.join_absences(show text, gone text, kept text, OUT stretches integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
DECLARE
  away tstzmultirange;
BEGIN
  SELECT range_agg(during) INTO away FROM participant_absence WHERE roadshow = show AND party IN (gone, kept);
  DELETE FROM participant_absence WHERE roadshow = show AND party IN (gone, kept);
  INSERT INTO participant_absence (roadshow, party, number, during)
    SELECT show, kept, row_number() OVER (ORDER BY during), during FROM unnest(away) AS during;
  GET DIAGNOSTICS stretches = ROW_COUNT;
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
-- Name: ledger_is_fixed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.ledger_is_fixed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is only added to' USING ERRCODE = '23514', CONSTRAINT = 'ledger_is_fixed';
END $$;


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
-- Name: members_exist(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.members_exist() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  missing text;
BEGIN
  SELECT named.code INTO missing FROM unnest(NEW.members) AS named (code)
    WHERE NOT EXISTS (SELECT FROM expert WHERE expert.code = named.code) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'expert "%" does not exist', missing
      USING ERRCODE = '23503', CONSTRAINT = 'committee_members_exist', COLUMN = 'members';
  END IF;
  RETURN NEW;
END $$;


--
-- Name: milestone_is_reached(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.milestone_is_reached() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.date > current_date THEN
    PERFORM refuse('milestone_is_reached', format('%s is yet to come; a milestone is what has been reached', NEW.date));
  END IF;
  NEW.changed_at := now();
  RETURN NEW;
END $$;


--
-- Name: milestones_tell(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.milestones_tell() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET enable_seqscan TO 'off'
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  -- Statements fire also where they wrote nothing; this one may lead back to itself.
  IF NOT EXISTS (SELECT FROM written) THEN RETURN NULL; END IF;
  -- The newest raises what the row says, and never lowers it: what has been reached stays so until somebody says otherwise.
  UPDATE firm f SET stage = greatest(f.stage, n.stage), trl = greatest(f.trl, n.trl)
    FROM written n
    WHERE n.firm = f.code AND NOT EXISTS (SELECT FROM milestone m WHERE m.firm = n.firm AND m.date > n.date)
      AND (greatest(f.stage, n.stage), greatest(f.trl, n.trl)) IS DISTINCT FROM (f.stage, f.trl);
  UPDATE project p SET trl = greatest(p.trl, n.trl)
    FROM written n
    WHERE n.project = p.code AND NOT EXISTS (SELECT FROM milestone m WHERE m.project = n.project AND m.date > n.date)
      AND greatest(p.trl, n.trl) IS DISTINCT FROM p.trl;
  -- Where the row knew more than its history, that is the history's end: known since the row said so.
  INSERT INTO milestone (firm, date, stage, trl)
    SELECT f.code, greatest(f.changed_at::date, newest.date), f.stage, f.trl
    FROM (SELECT DISTINCT firm FROM written WHERE firm IS NOT NULL) AS n JOIN firm f ON f.code = n.firm,
      LATERAL (SELECT max(date) AS date, max(stage) AS stage, max(trl) AS trl FROM milestone m WHERE m.firm = f.code) AS newest
    WHERE f.stage > newest.stage OR f.trl > newest.trl OR f.trl IS NOT NULL AND newest.trl IS NULL
      OR newest.stage IS NULL
  ON CONFLICT ON CONSTRAINT milestone_key DO UPDATE SET stage = excluded.stage, trl = excluded.trl
    WHERE (milestone.stage, milestone.trl) IS DISTINCT FROM (excluded.stage, excluded.trl);
  PERFORM refresh_track_records((SELECT array_agg(DISTINCT institute) FROM (
    SELECT institute FROM firm WHERE code IN (SELECT firm FROM written)
    UNION SELECT institute FROM project WHERE code IN (SELECT project FROM written)) AS named
    WHERE institute IS NOT NULL));
  RETURN NULL;
END $$;


--
-- Name: note_told(bigint[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.note_told(ids bigint[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH asking AS MATERIALIZED (SELECT own_investors() AS investors, own_firm() AS firm),
  held AS MATERIALIZED (
    SELECT i.id, i.step, CASE WHEN i.firm = asking.firm THEN 'firm' ELSE 'investor' END::introduction_side AS side
    FROM introduction i CROSS JOIN asking
    WHERE i.id = ANY (ids) AND i.before IS NOT NULL AND (i.investor = ANY (asking.investors) OR i.firm = asking.firm)
    ORDER BY i.id FOR SHARE OF i),
  noted AS (
    INSERT INTO introduction_told AS t (introduction, side, step) SELECT id, side, step FROM held
    ON CONFLICT ON CONSTRAINT introduction_told_pkey DO UPDATE SET step = excluded.step, at = now() WHERE t.step < excluded.step
    RETURNING 1)
  SELECT count(*) FROM noted
$$;


--
-- Name: note_told_lists(text[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.note_told_lists(codes text[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH held AS MATERIALIZED (
    SELECT i.id, i.step FROM introduction i
    WHERE i.investor = ANY (codes) AND i.before IS NOT NULL
      AND (coalesce(current_setting('bellwether.token', true), '') = '' OR i.investor = ANY (own_investors()))
    ORDER BY i.id FOR SHARE OF i),
  noted AS (
    INSERT INTO introduction_told AS t (introduction, side, step) SELECT id, 'investor', step FROM held
    ON CONFLICT ON CONSTRAINT introduction_told_pkey DO UPDATE SET step = excluded.step, at = now() WHERE t.step < excluded.step
    RETURNING 1)
  SELECT count(*) FROM noted
$$;


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
-- Name: participant_pitches(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.participant_pitches() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  UPDATE plan_pitch SET live = NEW.state <> 'withdrawn', sequence = sequence + 1 FROM plan
    WHERE plan_pitch.roadshow = NEW.roadshow AND firm = NEW.firm AND during IS NOT NULL
      AND plan.roadshow = plan_pitch.roadshow AND plan.number = plan_pitch.plan AND plan.state = 'published'
      AND live <> (NEW.state <> 'withdrawn');
  RETURN NULL;
END $$;


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
-- Name: pilot_holds(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.pilot_holds() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  ground scenario;
  known smallint;
  fullest record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.scenario, NEW.firm) IS DISTINCT FROM (OLD.scenario, OLD.firm) THEN
      PERFORM refuse('pilot_is_of_one_firm', format('pilot %s stays one of firm %s at %s', OLD.code, OLD.firm, OLD.scenario));
    END IF;
    IF OLD.result IS NOT NULL AND (NEW.result, NEW.result_on, NEW.trl) IS DISTINCT FROM (OLD.result, OLD.result_on, OLD.trl) THEN
      PERFORM refuse('pilot_result_is_fixed', format('pilot %s was %s on %s', OLD.code, OLD.result, OLD.result_on));
    END IF;
  END IF;
  IF NEW.result_on > current_date THEN
    PERFORM refuse('pilot_result_is_past', format('a result is dated when it was seen, and %s is yet to come', NEW.result_on));
  END IF;
  IF NEW.retired THEN RETURN NEW; END IF;
  SELECT * INTO ground FROM scenario WHERE code = NEW.scenario FOR NO KEY UPDATE;
  IF NOT FOUND OR TG_OP = 'UPDATE' AND NOT OLD.retired
      AND (NEW.starts_on, NEW.ends_on) = (OLD.starts_on, OLD.ends_on) THEN RETURN NEW; END IF;
  IF ground.retired AND NEW.starts_on >= ground.changed_at::date THEN
    PERFORM refuse('pilot_scenario_is_active', format('scenario %s is retired', ground.code));
  END IF;
  IF NEW.starts_on < ground.opens_on OR NEW.ends_on > ground.closes_on THEN
    PERFORM refuse('pilot_in_calendar', format('scenario %s is open from %s to %s', ground.code,
      coalesce(ground.opens_on::text, 'any day'), coalesce(ground.closes_on::text, 'any day')));
  END IF;
  SELECT trl INTO known FROM firm WHERE code = NEW.firm;
  IF known < ground.trl THEN
    PERFORM refuse('pilot_trl', format('firm %s is at TRL %s, and scenario %s needs %s', NEW.firm, known, ground.code, ground.trl));
  END IF;
  -- Most pilots meet on a day on which one begins.
  SELECT begin.day, count(*) AS pilots INTO fullest
    FROM (SELECT NEW.starts_on AS day UNION SELECT starts_on FROM pilot WHERE scenario = NEW.scenario AND NOT retired
      AND code <> NEW.code AND starts_on BETWEEN NEW.starts_on AND least(NEW.ends_on, NEW.result_on)) AS begin
    JOIN pilot o ON o.scenario = NEW.scenario AND NOT o.retired AND o.code <> NEW.code
      AND begin.day BETWEEN o.starts_on AND least(o.ends_on, o.result_on)
    GROUP BY begin.day ORDER BY count(*) DESC, begin.day LIMIT 1;
  IF fullest.pilots >= ground.capacity THEN
    PERFORM refuse('scenario_capacity', format('scenario %s has place for %s at one time, and on %s there are %s already', ground.code,
      ground.capacity, fullest.day, fullest.pilots));
  END IF;
  RETURN NEW;
END $$;


--
-- Name: pilot_proves(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.pilot_proves() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  -- Where the firm had not come so far by then.
  IF NEW.result = 'passed' AND NOT NEW.retired AND NEW.trl > coalesce(
      (SELECT max(m.trl) FROM milestone m WHERE m.firm = NEW.firm AND m.date <= NEW.result_on),
      (SELECT f.trl FROM firm f WHERE f.code = NEW.firm AND NOT EXISTS (SELECT FROM milestone m WHERE m.firm = NEW.firm)), 0::smallint) THEN
    INSERT INTO milestone (firm, date, trl) VALUES (NEW.firm, NEW.result_on, NEW.trl)
    ON CONFLICT ON CONSTRAINT milestone_key DO UPDATE SET trl = greatest(milestone.trl, excluded.trl);
    -- Also where a later milestone says less.
    UPDATE firm SET trl = NEW.trl WHERE code = NEW.firm AND (trl IS NULL OR trl < NEW.trl);
  END IF;
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
-- Name: pitch_slots(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.pitch_slots(show text) RETURNS TABLE(number integer, block smallint, during tstzrange)
    LANGUAGE sql STABLE
    AS $$
  SELECT row_number() OVER (ORDER BY start)::integer, cut.block,
    tstzrange(start, start + make_interval(mins => cut.slot_minutes))
  FROM (SELECT b.number AS block, b.slot_minutes,
      instant_of(b.starts_at, r.time_zone) + make_interval(mins => nth * (b.slot_minutes + b.pause_minutes)) AS start
    FROM roadshow_block AS b JOIN roadshow AS r ON r.code = b.roadshow,
      generate_series(0, ((extract(epoch FROM b.ends_at - b.starts_at)::integer / 60 + b.pause_minutes)
        / (b.slot_minutes + b.pause_minutes)) - 1) AS nth
    WHERE b.roadshow = show AND b.kind = 'pitches') AS cut
$$;


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
  IF to_jsonb(NEW) - '{state,published_at,restored}'::text[] <> to_jsonb(OLD) - '{state,published_at,restored}'::text[] THEN
    RAISE EXCEPTION 'a plan is never changed' USING ERRCODE = '23514', CONSTRAINT = 'plan_is_fixed';
  END IF;
  NEW.restored := OLD.restored;
  IF NEW.state <> OLD.state THEN
    IF NEW.state = 'draft' OR OLD.state = 'draft' AND NEW.state = 'superseded' THEN
      RAISE EXCEPTION 'a plan that is % cannot become %', OLD.state, NEW.state
        USING ERRCODE = '23514', CONSTRAINT = 'plan_move_is_legal';
    END IF;
    IF NEW.state = 'published' THEN
      NEW.published_at := now();
      NEW.restored := OLD.state = 'superseded';
    END IF;
  END IF;
  RETURN NEW;
END $$;


--
-- Name: plan_pitch_may_live(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.plan_pitch_may_live() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM plan WHERE roadshow = NEW.roadshow AND number = NEW.plan AND state = 'published')
      OR EXISTS (SELECT FROM participant AS p WHERE p.roadshow = NEW.roadshow AND p.firm = NEW.firm AND p.state = 'withdrawn') THEN
    RAISE EXCEPTION 'only pitches of a published plan take place, of firms that have not withdrawn'
      USING ERRCODE = '23514', CONSTRAINT = 'plan_pitch_live_is_published';
  END IF;
  RETURN NULL;
END $$;


--
-- Name: plan_pitches_have_a_slot(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.plan_pitches_have_a_slot() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF EXISTS (SELECT FROM written WHERE during IS NOT NULL
      AND NOT EXISTS (SELECT FROM pitch_slots(written.roadshow) AS slot WHERE slot.during = written.during)) THEN
    RAISE EXCEPTION 'a pitch is planned for a slot that is not there'
      USING ERRCODE = '23514', CONSTRAINT = 'plan_pitch_has_a_slot';
  END IF;
  RETURN NULL;
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
    UPDATE plan_pitch SET live = false WHERE roadshow = NEW.roadshow AND plan = NEW.number AND live;
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
  UPDATE plan_pitch AS planned SET live = reached.live,
      sequence = CASE WHEN reached.told IS NULL THEN 0
        WHEN reached.earlier IS NULL THEN reached.told + 2
        WHEN reached.earlier = planned.during THEN reached.told
        ELSE reached.told + 1 END
    FROM (SELECT pitch.place, coalesce(p.state <> 'withdrawn', true) AS live, told.sequence AS told, earlier.during AS earlier
      FROM plan_pitch AS pitch
        LEFT JOIN participant AS p ON p.roadshow = pitch.roadshow AND p.firm = pitch.firm
        LEFT JOIN (SELECT t.firm, max(t.sequence) AS sequence FROM plan_pitch AS t
            JOIN plan ON plan.roadshow = t.roadshow AND plan.number = t.plan
            WHERE t.roadshow = NEW.roadshow AND t.during IS NOT NULL
              AND (plan.state = 'superseded' OR plan.number = NEW.number AND OLD.state <> 'draft')
            GROUP BY t.firm) AS told ON told.firm = pitch.firm
        LEFT JOIN plan_pitch AS earlier ON earlier.roadshow = pitch.roadshow AND earlier.plan = former
          AND earlier.firm = pitch.firm
      WHERE pitch.roadshow = NEW.roadshow AND pitch.plan = NEW.number AND pitch.during IS NOT NULL) AS reached
    WHERE planned.roadshow = NEW.roadshow AND planned.plan = NEW.number AND planned.place = reached.place;
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
-- Name: post(date, public.ledger_kind, text, text, text, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.post(day date, of_kind public.ledger_kind, of_programme text, of_stake text, of_tranche text, postings jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  number bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM jsonb_each_text(postings) WHERE value::bigint <> 0) THEN RETURN; END IF;
  PERFORM FROM programme WHERE code = of_programme FOR NO KEY UPDATE;
  INSERT INTO ledger_entry (date, kind, programme, stake, tranche)
    VALUES (day, of_kind, of_programme, of_stake, of_tranche) RETURNING id INTO number;
  INSERT INTO posting (entry, programme, account, amount)
    SELECT number, of_programme, key::ledger_account, value::bigint FROM jsonb_each_text(postings)
    WHERE value::bigint <> 0 ORDER BY value::bigint DESC;
END $$;


--
-- Name: posting_counts(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.posting_counts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE account SET balance = balance + NEW.amount WHERE programme = NEW.programme AND account = NEW.account;
  -- What is not committed is what the fund has to give.
  IF NEW.account = 'cash' THEN
    PERFORM FROM investor WHERE code = (SELECT fund FROM programme WHERE code = NEW.programme) FOR NO KEY UPDATE;
    UPDATE investor i SET budget_left = free.cash, currency = p.currency
      FROM programme p, LATERAL (SELECT least(sum(a.balance), 1000000000000000) AS cash FROM programme other
        JOIN account a ON a.programme = other.code AND a.account = 'cash'
        WHERE other.fund = p.fund AND other.currency = p.currency) AS free
      WHERE p.code = NEW.programme AND i.code = p.fund AND coalesce(i.currency, p.currency) = p.currency
        AND i.budget_left IS DISTINCT FROM free.cash;
  END IF;
  RETURN NULL;
END $$;


--
-- Name: programme_appropriates(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.programme_appropriates() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  more bigint := NEW.budget - CASE TG_OP WHEN 'UPDATE' THEN OLD.budget ELSE 0 END;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO account (programme, account) SELECT NEW.code, unnest(enum_range(NULL::ledger_account));
  END IF;
  PERFORM post(CASE TG_OP WHEN 'INSERT' THEN NEW.starts_on ELSE current_date END, 'budget', NEW.code,
    NULL, NULL, jsonb_build_object('cash', more, 'appropriation', -more));
  RETURN NULL;
END $$;


--
-- Name: programme_holds(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.programme_holds() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  -- Its books begin on its first day.
  NEW.starts_on := coalesce(NEW.starts_on, current_date);
  IF TG_OP = 'UPDATE' AND (NEW.fund, NEW.currency, NEW.starts_on) IS DISTINCT FROM (OLD.fund, OLD.currency, OLD.starts_on) THEN
    PERFORM refuse('programme_fund_is_fixed', format('programme %s stays one of fund %s in %s from %s on', OLD.code, OLD.fund,
      OLD.currency, OLD.starts_on));
  END IF;
  IF NOT EXISTS (SELECT FROM investor WHERE code = NEW.fund AND kind IN ('state_fund', 'sub_fund')) THEN
    PERFORM refuse('programme_fund_is_of_the_state', format('%s is no state fund or sub-fund', NEW.fund));
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.budget < OLD.budget
      AND OLD.budget - NEW.budget > (SELECT balance FROM account WHERE programme = NEW.code AND account = 'cash') THEN
    PERFORM refuse('programme_budget_covers', format('of the budget of programme %s, %s is left; it cannot be lowered by %s', NEW.code,
      (SELECT balance FROM account WHERE programme = NEW.code AND account = 'cash'), OLD.budget - NEW.budget));
  END IF;
  RETURN NEW;
END $$;


--
-- Name: programme_takes(text, text, bigint, date); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.programme_takes(of_programme text, of_firm text, more bigint, day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  p programme;
  f firm;
  elsewhere numeric;
  lost numeric;
BEGIN
  SELECT * INTO p FROM programme WHERE code = of_programme FOR NO KEY UPDATE;
  SELECT * INTO f FROM firm WHERE code = of_firm;
  IF day < p.starts_on OR day > p.ends_on THEN
    PERFORM refuse('programme_period', format('%s is outside of programme %s, which goes from %s to %s', day, p.code,
      coalesce(p.starts_on::text, 'any day'), coalesce(p.ends_on::text, 'any day')));
  END IF;
  IF f.retired AND day >= f.changed_at::date THEN
    PERFORM refuse('stake_firm_is_active', format('firm %s is retired', f.code));
  END IF;
  IF NOT firm_is_in(f.sectors, p.sectors) THEN
    PERFORM refuse('programme_sectors', format('firm %s works in %s, and programme %s is for %s', f.code,
      array_to_string(f.sectors, ', '), p.code, array_to_string(p.sectors, ', ')));
  END IF;
  SELECT coalesce(sum(lost_part), 0) INTO lost FROM (
    SELECT s.lost AS lost_part FROM stake_position s WHERE s.programme = p.code) AS losses;
  IF lost * 100 > p.loss_tolerance * p.budget::numeric THEN
    PERFORM refuse('programme_loss_tolerance', format('programme %s has lost %s, which is more than %s percent of its budget of %s',
      p.code, lost, p.loss_tolerance, p.budget));
  END IF;
  IF p.quota IS NOT NULL AND p.region NOT IN (coalesce(f.region, ''), coalesce(f.city, '')) THEN
    SELECT coalesce(sum(bound(s.committed, s.closed_on, s.drawn)), 0) INTO elsewhere
      FROM stake_position s JOIN firm o ON o.code = s.firm
      WHERE s.programme = p.code AND p.region NOT IN (coalesce(o.region, ''), coalesce(o.city, ''));
    IF (elsewhere + more) * 100 > (100 - p.quota) * p.budget::numeric THEN
      PERFORM refuse('programme_quota', format('%s percent of the budget of programme %s are for firms of %s; outside of it %s are committed, and %s more are too many',
        p.quota, p.code, p.region, elsewhere, more));
    END IF;
  END IF;
END $$;


--
-- Name: projects_reach(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.projects_reach() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  INSERT INTO milestone (project, date, trl)
    SELECT changed.code, CASE WHEN changed.is_new THEN current_date ELSE changed.begins END, changed.trl
    FROM (
      SELECT code, trl, bool_or(is_new) AS is_new, min(changed_at::date) AS begins
      FROM (SELECT code, trl, changed_at, false AS is_new FROM was
        UNION ALL SELECT code, trl, changed_at, true FROM written) AS both_states
      GROUP BY code, trl HAVING count(*) = 1) AS changed,
      LATERAL (SELECT count(*) AS milestones, (array_agg(m.trl ORDER BY m.date DESC))[1] AS trl
        FROM milestone m WHERE m.project = changed.code) AS newest
    WHERE changed.trl IS NOT NULL AND CASE WHEN changed.is_new THEN newest.trl IS DISTINCT FROM changed.trl
      ELSE newest.milestones = 0 AND changed.begins < current_date END
  ON CONFLICT ON CONSTRAINT milestone_key DO UPDATE SET trl = excluded.trl;
  RETURN NULL;
END $$;


--
-- Name: rankings_hold(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.rankings_hold() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  of_nobody bigint;
  of_no_revision bigint;
BEGIN
  SELECT count(*) FILTER (WHERE investor.id IS NULL), count(*) FILTER (WHERE revision.run IS NULL)
    INTO of_nobody, of_no_revision
    FROM written LEFT JOIN investor ON investor.id = written.investor
      LEFT JOIN revision ON revision.run = written.run AND revision.revision = written.revision;
  IF of_nobody > 0 THEN
    RAISE EXCEPTION 'a deal list names an investor that does not exist'
      USING ERRCODE = '23503', CONSTRAINT = 'ranking_investor_exists';
  END IF;
  IF of_no_revision > 0 THEN
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
-- Name: refresh_track_records(text[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refresh_track_records(institutes text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF coalesce(cardinality(institutes), 0) = 0 THEN RETURN; END IF;
  PERFORM FROM institute WHERE code = ANY (institutes) ORDER BY code FOR NO KEY UPDATE;
  WITH of_firm AS (
    SELECT f.institute, count(*) AS firms,
      count(*) FILTER (WHERE EXISTS (SELECT FROM round r
        WHERE r.firm = f.code AND r.kind NOT IN ('grant', 'debt', 'other'))) AS funded
    FROM firm f WHERE f.institute = ANY (institutes) AND f.merged_into IS NULL GROUP BY f.institute),
  of_project AS (
    SELECT p.institute, count(*) AS projects FROM project p
    WHERE p.institute = ANY (institutes)
      AND NOT EXISTS (SELECT FROM firm f WHERE f.project = p.code AND f.institute = p.institute)
    GROUP BY p.institute),
  -- A firm goes on where its project was.
  reached AS (
    SELECT f.institute, 'firm ' || f.code AS candidate, m.date, m.trl FROM firm f JOIN milestone m ON m.firm = f.code
      WHERE f.institute = ANY (institutes) AND m.trl IS NOT NULL
    UNION ALL
    SELECT f.institute, 'firm ' || f.code, m.date, m.trl FROM firm f JOIN milestone m ON m.project = f.project
      WHERE f.institute = ANY (institutes) AND m.trl IS NOT NULL
    UNION ALL
    SELECT p.institute, 'project ' || p.code, m.date, m.trl FROM project p JOIN milestone m ON m.project = p.code
      WHERE p.institute = ANY (institutes) AND m.trl IS NOT NULL
        AND NOT EXISTS (SELECT FROM firm f WHERE f.project = p.code AND f.institute = p.institute)),
  way AS (
    SELECT institute, candidate, (array_agg(trl ORDER BY date DESC))[1] - (array_agg(trl ORDER BY date))[1] AS steps,
      max(date) - min(date) AS days
    FROM reached GROUP BY institute, candidate),
  pace AS (
    SELECT institute, sum(greatest(0, steps)) AS steps, sum(days) AS days, count(*) FILTER (WHERE days > 0) AS tracked
    FROM way GROUP BY institute),
  known AS (
    SELECT institute, coalesce(firms, 0) AS firms, coalesce(funded, 0) AS funded, coalesce(steps, 0) AS steps,
      coalesce(days, 0) AS days, coalesce(firms, 0) + coalesce(projects, 0) AS candidates,
      -- A firm that was merged into another has no part in the first, and what it reached is told all the same.
      least(coalesce(tracked, 0), coalesce(firms, 0) + coalesce(projects, 0)) AS tracked
    FROM of_firm FULL JOIN pace USING (institute) LEFT JOIN of_project USING (institute)),
  weighed AS (
    SELECT *, (funded + 1) * 1000000 / (firms + 2) AS share,
      least(1000000, coalesce(steps * 365000000 / nullif(days, 0), 0)) AS pace,
      coalesce(tracked * 300000 / nullif(candidates, 0), 0) AS weight
    FROM known),
  valued AS (
    SELECT institute, firms, funded, steps, days, candidates, tracked,
      -- To the nearest twentieth.
      ((share * (1000000 - weight) + pace * weight) / 1000000 + 25000) / 50000 * 50000 AS value
    FROM weighed),
  -- As it was before this statement.
  moved AS (
    SELECT institute FROM unnest(institutes) AS named (institute)
      LEFT JOIN track_record t USING (institute) LEFT JOIN valued USING (institute)
    WHERE t.value IS DISTINCT FROM valued.value),
  ended AS (
    DELETE FROM track_record WHERE institute = ANY (institutes) AND institute NOT IN (SELECT institute FROM valued)),
  written AS (
    INSERT INTO track_record AS t (institute, firms, funded, steps, days, candidates, tracked, value)
      SELECT institute, firms, funded, steps, days, candidates, tracked, value FROM valued ORDER BY institute
    ON CONFLICT ON CONSTRAINT track_record_pkey DO UPDATE
      SET firms = excluded.firms, funded = excluded.funded, steps = excluded.steps, days = excluded.days,
        candidates = excluded.candidates, tracked = excluded.tracked, value = excluded.value
      WHERE (t.firms, t.funded, t.steps, t.days, t.candidates, t.tracked, t.value) IS DISTINCT FROM (excluded.firms,
        excluded.funded, excluded.steps, excluded.days, excluded.candidates, excluded.tracked, excluded.value)),
  -- Its young firms and its projects score differently now.
  touched AS (
    UPDATE project SET changed_xid = pg_current_xact_id()
      WHERE institute IN (SELECT institute FROM moved) AND NOT retired AND changed_xid <> pg_current_xact_id())
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE institute IN (SELECT institute FROM moved) AND stage <= 'seed' AND NOT retired
      AND changed_xid <> pg_current_xact_id();
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
-- Name: refuse(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refuse(rule text, message text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '%', message USING ERRCODE = '23514', CONSTRAINT = rule;
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
-- Name: revert_refusal(public.introduction); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.revert_refusal(i public.introduction) RETURNS TABLE(rule text, why text)
    LANGUAGE sql STABLE
    AS $$
  SELECT 'introduction_revert_of_the_desk', format('the last move of introduction %s is no slip of the desk, which would be a decline, an advance, a withdrawal or a retirement; what a side says itself it changes itself', i.id)
    WHERE i.before IS NULL
  UNION ALL
  SELECT 'introduction_revert_untold', format('the %s of introduction %s was told of it on %s UTC; talk to it, and propose the two anew where it agrees', t.side, i.id,
      to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))
    -- A side for whom the desk has declined knows; the other one must not.
    FROM introduction_told t WHERE t.introduction = i.id AND t.step >= i.step
      AND (i.action <> 'decline' OR t.side IS DISTINCT FROM i.side)
  UNION ALL
  SELECT 'introduction_revert_before_sale', format('tranche %s names introduction %s as it is', t.code, i.id)
    FROM tranche t WHERE t.introduction = i.id
  UNION ALL
  SELECT 'introduction_revert_of_active', format('%s %s is retired; UNRETIRE brings it back first', retired.side, retired.code)
    FROM (SELECT 'firm' AS side, code FROM firm WHERE code = i.firm AND retired
      UNION ALL SELECT 'investor', code FROM investor WHERE code = i.investor AND retired) AS retired
    WHERE i.before ->> 'state' IN ('proposed', 'asked', 'not_now', 'mutual')
  LIMIT 1
$$;


--
-- Name: review_holds(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.review_holds() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  judge expert;
  why text;
  open_reviews integer;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.firm, NEW.kind) IS DISTINCT FROM (OLD.firm, OLD.kind) THEN
      PERFORM refuse('review_is_of_one_firm', format('review %s stays one of firm %s by kind %s', OLD.code, OLD.firm, OLD.kind));
    END IF;
    IF OLD.verdict IS NOT NULL
        AND (NEW.verdict, NEW.date, NEW.expert, NEW.conditions) IS DISTINCT FROM (OLD.verdict, OLD.date, OLD.expert, OLD.conditions) THEN
      PERFORM refuse('review_verdict_is_fixed', format('the verdict of review %s was given on %s; enter another review', OLD.code, OLD.date));
    END IF;
  END IF;
  IF NEW.date > current_date THEN
    PERFORM refuse('review_date_is_past', format('a verdict is dated when it was given, and %s is yet to come', NEW.date));
  END IF;
  NEW.expires_on := coalesce(NEW.expires_on, NEW.date + 365);
  NEW.asked_on := coalesce(NEW.asked_on, NEW.date, current_date);
  IF NEW.expert IS NULL OR TG_OP = 'UPDATE' AND NEW.expert IS NOT DISTINCT FROM OLD.expert
      AND NEW.verdict IS NOT DISTINCT FROM OLD.verdict AND NEW.retired >= OLD.retired THEN
    RETURN NEW;
  END IF;
  SELECT * INTO judge FROM expert WHERE code = NEW.expert FOR NO KEY UPDATE;
  IF judge.retired AND NEW.verdict IS NULL AND NEW.asked_on >= judge.changed_at::date THEN
    PERFORM refuse('review_expert_is_active', format('expert %s is retired', judge.code));
  END IF;
  IF NEW.kind <> ALL (judge.kinds) THEN
    PERFORM refuse('review_expert_of_kind', format('expert %s does reviews of kind %s, and not %s', judge.code,
      array_to_string(judge.kinds, ', '), NEW.kind));
  END IF;
  why := conflict_of(NEW.expert, NEW.firm, coalesce(NEW.date, current_date));
  IF why IS NOT NULL THEN
    PERFORM refuse('review_conflict', format('expert %s %s, and cannot review firm %s', judge.code, why, NEW.firm));
  END IF;
  IF NEW.verdict IS NULL AND NOT NEW.retired THEN
    SELECT count(*) INTO open_reviews FROM review
      WHERE expert = NEW.expert AND verdict IS NULL AND NOT retired AND code <> NEW.code;
    IF open_reviews >= coalesce(judge.capacity, 3) THEN
      PERFORM refuse('review_expert_has_room', format('expert %s has %s reviews open and takes %s at one time', judge.code,
        open_reviews, coalesce(judge.capacity, 3)));
    END IF;
  END IF;
  RETURN NEW;
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
-- Name: scenario_holds(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.scenario_holds() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  fullest record;
  outside record;
BEGIN
  SELECT begin.starts_on AS day, count(*) AS pilots INTO fullest
    FROM (SELECT DISTINCT starts_on FROM pilot WHERE scenario = NEW.code AND NOT retired) AS begin
    JOIN pilot o ON o.scenario = NEW.code AND NOT o.retired AND begin.starts_on BETWEEN o.starts_on AND least(o.ends_on, o.result_on)
    GROUP BY begin.starts_on ORDER BY count(*) DESC, begin.starts_on LIMIT 1;
  IF fullest.pilots > NEW.capacity THEN
    PERFORM refuse('scenario_capacity', format('on %s there are %s pilots at scenario %s, more than %s', fullest.day, fullest.pilots,
      NEW.code, NEW.capacity));
  END IF;
  SELECT code, starts_on, ends_on INTO outside FROM pilot WHERE scenario = NEW.code AND NOT retired
    AND (starts_on < NEW.opens_on OR ends_on > NEW.closes_on) ORDER BY code LIMIT 1;
  IF FOUND THEN
    PERFORM refuse('pilot_in_calendar', format('pilot %s at scenario %s goes from %s to %s', outside.code, NEW.code,
      outside.starts_on, outside.ends_on));
  END IF;
  RETURN NEW;
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
-- Name: stake_commits(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.stake_commits() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  drawn bigint := 0;
  more bigint;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT position.drawn INTO drawn FROM stake_position position WHERE position.stake = OLD.code;
  END IF;
  more := bound(NEW.committed, NEW.closed_on, drawn)
    - CASE TG_OP WHEN 'INSERT' THEN 0 ELSE bound(OLD.committed, OLD.closed_on, drawn) END;
  PERFORM post(CASE TG_OP WHEN 'INSERT' THEN NEW.agreed_on ELSE coalesce(NEW.closed_on, current_date) END,
    CASE WHEN more < 0 THEN 'release' ELSE 'commit' END::ledger_kind, NEW.programme, NEW.code, NULL,
    jsonb_build_object('committed', more, 'cash', -more));
  RETURN NULL;
END $$;


--
-- Name: stake_holds(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.stake_holds() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  more bigint;
  cash bigint;
  drawn bigint := 0;
  day date;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.programme, NEW.firm, NEW.agreed_on) IS DISTINCT FROM (OLD.programme, OLD.firm, OLD.agreed_on) THEN
      PERFORM refuse('stake_is_fixed', format('stake %s stays one of programme %s in firm %s, agreed on %s', OLD.code,
        OLD.programme, OLD.firm, OLD.agreed_on));
    END IF;
    SELECT position.drawn INTO drawn FROM stake_position position WHERE position.stake = OLD.code;
    IF NEW.committed < drawn THEN
      PERFORM refuse('tranche_within_commitment', format('%s of stake %s are drawn already', drawn, NEW.code));
    END IF;
  END IF;
  more := bound(NEW.committed, NEW.closed_on, drawn)
    - CASE TG_OP WHEN 'INSERT' THEN 0 ELSE bound(OLD.committed, OLD.closed_on, drawn) END;
  IF NEW.agreed_on > current_date THEN
    PERFORM refuse('stake_is_agreed', format('%s is yet to come; a stake is entered when it is agreed on', NEW.agreed_on));
  END IF;
  IF NEW.closed_on > current_date
      OR NEW.closed_on < (SELECT max(date) FROM tranche WHERE stake = NEW.code AND kind = 'buy') THEN
    PERFORM refuse('stake_is_closed_in_time', format('a stake is closed after what was drawn from it, and not before it is: %s is no such day',
      NEW.closed_on));
  END IF;
  IF more > 0 OR TG_OP = 'INSERT' AND NEW.closed_on IS NULL THEN
    -- What is added later must be right later.
    day := CASE TG_OP WHEN 'INSERT' THEN NEW.agreed_on ELSE current_date END;
    PERFORM programme_takes(NEW.programme, NEW.firm, more, day);
    PERFORM demand_evidence('stake_evidence_missing', NEW.firm, 'stake', day);
    SELECT balance INTO cash FROM account WHERE programme = NEW.programme AND account = 'cash' FOR UPDATE;
    IF more > cash THEN
      PERFORM refuse('programme_budget_covers', format('programme %s has %s left, and stake %s would commit %s more', NEW.programme,
        cash, NEW.code, more));
    END IF;
  END IF;
  RETURN NEW;
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
-- Name: tell_anew(text, integer, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tell_anew(show text, at_table integer, party text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE plan_meeting AS m SET sequence = m.sequence + 1 FROM plan
    WHERE plan.roadshow = m.roadshow AND plan.number = m.plan AND plan.state = 'published' AND m.live AND upper(m.during) > now()
      AND (show IS NULL OR m.roadshow = show) AND (at_table IS NULL OR m."table" = at_table)
      AND (party IS NULL OR m.firm = party OR m.investor = party);
  UPDATE plan_pitch AS p SET sequence = p.sequence + 1 FROM plan
    WHERE plan.roadshow = p.roadshow AND plan.number = p.plan AND plan.state = 'published' AND p.live AND upper(p.during) > now()
      AND (show IS NULL OR p.roadshow = show) AND at_table IS NULL AND (party IS NULL OR p.firm = party);
$$;


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
-- Name: tranche_holds(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tranche_holds() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  s stake;
  position stake_position;
  latest date;
  whole numeric;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    PERFORM refuse('tranche_is_fixed', format('tranche %s is done; enter what came after as another one', OLD.code));
  END IF;
  SELECT * INTO s FROM stake WHERE code = NEW.stake FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN NEW; END IF;
  SELECT * INTO position FROM stake_position WHERE stake_position.stake = NEW.stake;
  SELECT max(date) INTO latest FROM tranche WHERE stake = NEW.stake;
  IF NEW.date < latest OR NEW.date < s.agreed_on THEN
    PERFORM refuse('tranche_in_order', format('the latest of stake %s is of %s; a tranche of %s comes too late for its books', s.code,
      coalesce(latest, s.agreed_on), NEW.date));
  END IF;
  IF NEW.date > current_date THEN
    PERFORM refuse('tranche_is_done', format('%s is yet to come; a tranche is entered when it is done', NEW.date));
  END IF;
  IF NEW.kind = 'buy' THEN
    PERFORM programme_takes(s.programme, s.firm, 0, NEW.date);
    IF NEW.date > s.closed_on THEN
      PERFORM refuse('stake_is_open', format('stake %s was closed on %s, and nothing more is drawn from it', s.code, s.closed_on));
    END IF;
    PERFORM demand_evidence('stake_evidence_missing', s.firm, 'stake', NEW.date);
    IF position.drawn + NEW.amount > s.committed THEN
      PERFORM refuse('tranche_within_commitment', format('%s of the %s committed to stake %s are drawn, and %s more are too many',
        position.drawn, s.committed, s.code, NEW.amount));
    END IF;
    IF s.closed_on IS NOT NULL AND NEW.amount > (SELECT balance FROM account WHERE programme = s.programme AND account = 'cash') THEN
      PERFORM refuse('programme_budget_covers', format('programme %s has %s left, and %s would be drawn', s.programme,
        (SELECT balance FROM account WHERE programme = s.programme AND account = 'cash'), NEW.amount));
    END IF;
    PERFORM FROM firm WHERE code = s.firm FOR NO KEY UPDATE;
    SELECT coalesce(sum(held), 0) INTO whole FROM stake_position WHERE firm = s.firm;
    IF whole + NEW.percent > 100 THEN
      PERFORM refuse('firm_is_a_whole', format('%s percent of firm %s are held already, and %s more are too many', trim_scale(whole), s.firm, trim_scale(NEW.percent)));
    END IF;
    NEW.cost := 0;
  ELSE
    IF NEW.percent > position.held THEN
      PERFORM refuse('tranche_within_holding', format('stake %s holds %s percent of firm %s; %s cannot be sold or written off', s.code,
        trim_scale(position.held), s.firm, trim_scale(NEW.percent)));
    END IF;
    IF NEW.kind = 'sell' THEN
      PERFORM demand_evidence('stake_evidence_missing', s.firm, 'handover', NEW.date);
      IF position.held - NEW.percent < position.floor THEN
        PERFORM refuse('stake_floor_is_kept', format('stake %s keeps %s percent of firm %s; of the %s held, %s cannot be sold', s.code,
          trim_scale(position.floor), s.firm, trim_scale(position.held), trim_scale(NEW.percent)));
      END IF;
      IF NEW.buyer = position.fund THEN
        PERFORM refuse('tranche_buyer_is_another', format('%s is the one who sells', NEW.buyer));
      END IF;
      IF NEW.introduction IS NOT NULL AND NOT EXISTS (SELECT FROM introduction i WHERE i.id = NEW.introduction
          AND i.stake = s.code AND i.investor = NEW.buyer AND i.state IN ('term_sheet', 'invested')) THEN
        PERFORM refuse('tranche_introduction_fits', format('introduction %s is none of %s to stake %s at term sheet or further',
          NEW.introduction, coalesce(NEW.buyer, 'nobody'), s.code));
      END IF;
    END IF;
    -- The part of the cost that goes with it; the last one takes what is left.
    NEW.cost := CASE WHEN NEW.percent = position.held THEN position.cost
      ELSE floor(position.cost * NEW.percent / position.held) END;
  END IF;
  RETURN NEW;
END $$;


--
-- Name: tranche_posts(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tranche_posts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  position stake_position;
BEGIN
  SELECT * INTO position FROM stake_position WHERE stake_position.stake = NEW.stake;
  PERFORM post(NEW.date, NEW.kind::text::ledger_kind, position.programme, NEW.stake, NEW.code, CASE NEW.kind
    WHEN 'buy' THEN jsonb_build_object(
      -- The commitment of a closed stake has been given back.
      CASE WHEN position.closed_on IS NULL THEN 'committed' ELSE 'cash' END, -NEW.amount, 'stakes', NEW.amount)
    ELSE jsonb_build_object('cash', NEW.amount, 'stakes', -NEW.cost, 'result', NEW.cost - NEW.amount) END);
  -- The registry's holdings, by which deal lists go, say the same.
  IF NEW.kind = 'buy' THEN
    INSERT INTO holding AS h (investor, firm, since, amount, currency)
      VALUES (position.fund, position.firm, NEW.date, (SELECT sum(t.amount) FROM tranche t JOIN stake_position s ON s.stake = t.stake
        WHERE s.fund = position.fund AND s.firm = position.firm AND t.kind = 'buy' AND t.date = NEW.date), position.currency)
    ON CONFLICT ON CONSTRAINT holding_key DO UPDATE SET amount = excluded.amount, currency = excluded.currency, exited_on = NULL;
  ELSIF NEW.buyer IS NOT NULL THEN
    INSERT INTO holding AS h (investor, firm, since, amount, currency)
      VALUES (NEW.buyer, position.firm, NEW.date, (SELECT sum(t.amount) FROM tranche t JOIN stake s ON s.code = t.stake
        WHERE s.firm = position.firm AND t.buyer = NEW.buyer AND t.date = NEW.date), position.currency)
    ON CONFLICT ON CONSTRAINT holding_key DO UPDATE SET amount = excluded.amount, currency = excluded.currency, exited_on = NULL;
  END IF;
  IF NEW.kind <> 'buy' AND NOT EXISTS (SELECT FROM stake_position other
      WHERE other.fund = position.fund AND other.firm = position.firm AND other.held > 0) THEN
    UPDATE holding SET exited_on = greatest(NEW.date, since)
      WHERE investor = position.fund AND firm = position.firm AND exited_on IS NULL AND since IN (
        SELECT t.date FROM tranche t JOIN stake_position s ON s.stake = t.stake
        WHERE s.fund = position.fund AND s.firm = position.firm AND t.kind = 'buy');
  END IF;
  RETURN NULL;
END $$;


--
-- Name: uid_domain_stays(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.uid_domain_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'calendars know appointments by this domain' USING ERRCODE = '23514', CONSTRAINT = 'publication_uid_domain_stays';
END $$;


--
-- Name: was_merged(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.was_merged(gone text, kept text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  SELECT EXISTS (SELECT FROM firm WHERE code = gone AND merged_into = kept)
$$;


--
-- Name: wishes_of_one_bounded(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.wishes_of_one_bounded() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  eager record;
BEGIN
  SELECT w.roadshow, w."from" INTO eager FROM wish AS w
    WHERE (w.roadshow, w."from") IN (SELECT written.roadshow, written."from" FROM written)
    GROUP BY 1, 2 HAVING count(*) > 200 LIMIT 1;
  IF FOUND THEN
    PERFORM refuse('wish_of_one_limit', format(
      '%s would have more than 200 wishes at roadshow %s, which is all a participant may have; take others back first (wish=none)',
      eager."from", eager.roadshow));
  END IF;
  RETURN NULL;
END $$;


--
-- Name: account; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.account (
    programme public.code NOT NULL,
    account public.ledger_account NOT NULL,
    balance bigint DEFAULT 0 NOT NULL,
    CONSTRAINT account_is_covered CHECK (((account = ANY (ARRAY['appropriation'::public.ledger_account, 'result'::public.ledger_account])) OR (balance >= 0)))
);


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
-- Name: award; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.award (
    roadshow public.code NOT NULL,
    firm public.code NOT NULL,
    rank integer NOT NULL,
    raw integer NOT NULL,
    points integer NOT NULL,
    date date NOT NULL,
    CONSTRAINT award_rank_range CHECK ((rank > 0))
);


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
-- Name: committee; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.committee (
    code public.code NOT NULL,
    name public.short_text NOT NULL,
    members text[] NOT NULL,
    quorum smallint NOT NULL,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT committee_members_count CHECK ((((cardinality(members) >= 1) AND (cardinality(members) <= 64)) AND (array_position(members, NULL::text) IS NULL))),
    CONSTRAINT committee_quorum_range CHECK (((quorum >= 1) AND (quorum <= cardinality(members))))
);


--
-- Name: criterion; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.criterion (
    roadshow public.code NOT NULL,
    name public.short_text NOT NULL,
    weight smallint NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT criterion_weight_range CHECK (((weight >= 1) AND (weight <= 100)))
);


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
    opened_on date,
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
-- Name: decision; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.decision (
    code public.code NOT NULL,
    committee public.code NOT NULL,
    firm public.code NOT NULL,
    step public.relay_step NOT NULL,
    date date NOT NULL,
    outcome public.decision_outcome NOT NULL,
    in_favour text[],
    against text[],
    abstained text[],
    recused text[],
    conditions public.long_text,
    expires_on date,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT decision_abstained_form CHECK (public.are_known_codes(abstained)),
    CONSTRAINT decision_against_form CHECK (public.are_known_codes(against)),
    CONSTRAINT decision_expires_after_date CHECK ((expires_on >= date)),
    CONSTRAINT decision_in_favour_form CHECK (public.are_known_codes(in_favour)),
    CONSTRAINT decision_recused_form CHECK (public.are_known_codes(recused))
);


--
-- Name: pilot; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.pilot (
    code public.code NOT NULL,
    scenario public.code NOT NULL,
    firm public.code NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    trl smallint,
    result public.pilot_result,
    result_on date,
    summary public.long_text,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pilot_ends_after_start CHECK ((ends_on >= starts_on)),
    CONSTRAINT pilot_result_after_start CHECK ((result_on >= starts_on)),
    CONSTRAINT pilot_result_has_a_day CHECK (((result IS NULL) = (result_on IS NULL))),
    CONSTRAINT pilot_trl_range CHECK (((trl >= 1) AND (trl <= 9)))
);


--
-- Name: review; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.review (
    code public.code NOT NULL,
    firm public.code NOT NULL,
    kind public.review_kind NOT NULL,
    expert public.code,
    asked_on date,
    date date,
    verdict public.review_verdict,
    conditions public.long_text,
    expires_on date,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT review_conditions_said CHECK (((verdict <> 'conditional'::public.review_verdict) OR (conditions IS NOT NULL))),
    CONSTRAINT review_expires_after_date CHECK ((expires_on >= date)),
    CONSTRAINT review_verdict_has_a_date CHECK (((verdict IS NULL) = (date IS NULL))),
    CONSTRAINT review_verdict_has_an_expert CHECK (((verdict IS NULL) OR (expert IS NOT NULL)))
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
-- Name: evidence; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.evidence AS
 SELECT round.firm,
    round.date,
    NULL::date AS until
   FROM public.round
UNION ALL
 SELECT pilot.firm,
    pilot.result_on AS date,
    NULL::date AS until
   FROM public.pilot
  WHERE ((pilot.result = 'passed'::public.pilot_result) AND (NOT pilot.retired))
UNION ALL
 SELECT review.firm,
    review.date,
    review.expires_on AS until
   FROM public.review
  WHERE ((review.verdict = ANY (ARRAY['positive'::public.review_verdict, 'conditional'::public.review_verdict])) AND (NOT review.retired))
UNION ALL
 SELECT award.firm,
    award.date,
    (award.date + 730) AS until
   FROM public.award
  WHERE (award.rank <= 3);


--
-- Name: expert; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.expert (
    code public.code NOT NULL,
    name public.short_text NOT NULL,
    name_zh public.short_text,
    kinds public.review_kind[] NOT NULL,
    sectors text[],
    person public.code,
    conflicts text[],
    capacity smallint,
    region public.short_text,
    city public.short_text,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT expert_capacity_range CHECK (((capacity >= 0) AND (capacity <= 100))),
    CONSTRAINT expert_conflicts_form CHECK (public.are_codes(conflicts)),
    CONSTRAINT expert_kinds_count CHECK ((cardinality(kinds) > 0)),
    CONSTRAINT expert_sectors_count CHECK ((cardinality(sectors) <= 64))
);


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
            WHEN (asking.sees_all OR ((e.side = 'firm'::public.introduction_side) = COALESCE(((i.firm)::text = asking.firm), false))) THEN e.reason
            ELSE NULL::public.introduction_reason
        END AS reason,
        CASE
            WHEN (asking.sees_all OR (e.action = 'ask'::public.introduction_action) OR ((e.side = 'firm'::public.introduction_side) = COALESCE(((i.firm)::text = asking.firm), false))) THEN (e.note)::text
            ELSE NULL::text
        END AS note,
    e.step
   FROM ((public.introduction_event e
     CROSS JOIN asking)
     JOIN public.introduction i ON ((i.id = e.introduction)))
  WHERE (( SELECT (asking_1.sees_all IS NOT NULL)
           FROM asking asking_1) AND (asking.sees_all OR ((((i.investor)::text = ANY (asking.investors)) OR ((i.firm)::text = asking.firm)) AND ((e.action)::text <> 'revert'::text) AND (NOT (((e.side IS NULL) OR ((e.side = 'firm'::public.introduction_side) <> COALESCE(((i.firm)::text = asking.firm), false))) AND (EXISTS ( SELECT
           FROM public.introduction_event undone
          WHERE ((undone.introduction = e.introduction) AND (undone.step = (e.step + 1)) AND ((undone.action)::text = 'revert'::text)))))))));


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
        END AS firm_contact,
    i.kind,
        CASE
            WHEN asking.sees_all THEN (i.stake)::text
            ELSE NULL::text
        END AS stake
   FROM (public.introduction i
     CROSS JOIN asking),
    LATERAL ( SELECT (asking.sees_all OR ((i.investor)::text = ANY (asking.investors))) AS by_investor,
            (asking.sees_all OR COALESCE(((i.firm)::text = asking.firm), false)) AS by_firm,
            ((i.investor_answer = 'yes'::public.introduction_answer) AND (i.firm_answer = 'yes'::public.introduction_answer)) AS is_mutual) asked,
    LATERAL ( SELECT (asked.by_investor OR asked.is_mutual) AS investor,
            (asked.by_firm OR asked.is_mutual) AS firm) shown
  WHERE (( SELECT (asking_1.sees_all IS NOT NULL)
           FROM asking asking_1) AND (asking.sees_all OR ((i.investor)::text = ANY (asking.investors)) OR ((i.firm)::text = asking.firm)));


--
-- Name: introduction_told; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.introduction_told (
    introduction bigint NOT NULL,
    side public.introduction_side NOT NULL,
    step integer NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);


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
-- Name: investor_standing; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.investor_standing (
    investor public.code NOT NULL,
    since date NOT NULL,
    risk public.risk_tolerance,
    retired boolean NOT NULL,
    budget_left public.amount,
    currency public.currency_code
);


--
-- Name: juror; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.juror (
    roadshow public.code NOT NULL,
    expert public.code NOT NULL,
    recused_from text[],
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT juror_recused_from_form CHECK (public.are_codes(recused_from))
);


--
-- Name: ledger_entry; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ledger_entry (
    id bigint NOT NULL,
    date date NOT NULL,
    kind public.ledger_kind NOT NULL,
    programme public.code NOT NULL,
    stake public.code,
    tranche public.code,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: ledger_entry_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.ledger_entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ledger_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: mark; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.mark (
    roadshow public.code NOT NULL,
    expert public.code NOT NULL,
    firm public.code NOT NULL,
    criterion public.short_text NOT NULL,
    points smallint NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT mark_points_range CHECK (((points >= 0) AND (points <= 100)))
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
    outcome public.long_text,
    absentee public.introduction_side,
    CONSTRAINT meeting_absentee CHECK (((absentee IS NULL) OR (state = 'no_show'::public.meeting_state)))
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
    restored boolean DEFAULT false NOT NULL,
    runners_up public.code[] DEFAULT '{}'::public.code[] NOT NULL,
    CONSTRAINT plan_bound_range CHECK ((bound >= 0)),
    CONSTRAINT plan_breaks_range CHECK ((breaks >= 0)),
    CONSTRAINT plan_number_positive CHECK ((number > 0)),
    CONSTRAINT plan_parameters_form CHECK ((jsonb_typeof(parameters) = 'object'::text)),
    CONSTRAINT plan_published_at CHECK (((state = 'draft'::public.plan_state) = (published_at IS NULL))),
    CONSTRAINT plan_runners_up_limit CHECK ((cardinality(runners_up) <= 100))
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
    freeze_minutes smallint,
    CONSTRAINT roadshow_ends_after_start CHECK ((ends_on >= starts_on)),
    CONSTRAINT roadshow_freeze_minutes_range CHECK (((freeze_minutes >= 0) AND (freeze_minutes <= 480))),
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
  WHERE (( SELECT (asks_1.sees_all IS NOT NULL)
           FROM asks asks_1) AND ((asks.sees_all AND ((planned.plan IS NOT NULL) OR (m.state <> 'planned'::public.meeting_state))) OR (planned.live AND (((m.investor)::text = ANY (asks.investors)) OR ((m.firm)::text = asks.firm)))));


--
-- Name: milestone; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.milestone (
    project public.code,
    firm public.code,
    date date NOT NULL,
    stage public.stage,
    trl smallint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT milestone_of_one CHECK ((num_nonnulls(project, firm) = 1)),
    CONSTRAINT milestone_says_something CHECK ((num_nonnulls(stage, trl) > 0)),
    CONSTRAINT milestone_stage_of_firm CHECK (((stage IS NULL) OR (firm IS NOT NULL))),
    CONSTRAINT milestone_trl_range CHECK (((trl >= 1) AND (trl <= 9)))
);


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
    during tstzrange,
    live boolean DEFAULT false NOT NULL,
    sequence integer DEFAULT 0 NOT NULL,
    CONSTRAINT plan_pitch_bounded CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT plan_pitch_live_has_a_slot CHECK (((NOT live) OR (during IS NOT NULL))),
    CONSTRAINT plan_pitch_place_range CHECK (((place >= 1) AND (place <= 1000))),
    CONSTRAINT plan_pitch_sequence_range CHECK ((sequence >= 0))
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
-- Name: posting; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.posting (
    entry bigint NOT NULL,
    programme public.code NOT NULL,
    account public.ledger_account NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT posting_is_not_zero CHECK ((amount <> 0))
);


--
-- Name: programme; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.programme (
    code public.code NOT NULL,
    name public.short_text NOT NULL,
    name_zh public.short_text,
    fund public.code NOT NULL,
    sectors text[],
    currency public.currency_code NOT NULL,
    budget public.amount NOT NULL,
    loss_tolerance smallint,
    quota smallint,
    region public.short_text,
    starts_on date,
    ends_on date,
    hold_months smallint,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT programme_ends_after_start CHECK ((ends_on >= starts_on)),
    CONSTRAINT programme_hold_months_range CHECK (((hold_months >= 0) AND (hold_months <= 600))),
    CONSTRAINT programme_loss_tolerance_range CHECK (((loss_tolerance >= 0) AND (loss_tolerance <= 100))),
    CONSTRAINT programme_quota_has_a_region CHECK (((quota IS NULL) OR (region IS NOT NULL))),
    CONSTRAINT programme_quota_range CHECK (((quota >= 0) AND (quota <= 100))),
    CONSTRAINT programme_sectors_count CHECK ((cardinality(sectors) <= 64))
);


--
-- Name: programme_effect; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.programme_effect (
    programme public.code NOT NULL,
    as_of date NOT NULL,
    value integer NOT NULL,
    CONSTRAINT programme_effect_value_range CHECK (((value >= 0) AND (value <= 1000000)))
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
    uid_domain text,
    CONSTRAINT publication_one_row CHECK (only_row),
    CONSTRAINT publication_uid_domain_form CHECK ((uid_domain ~ '^[A-Za-z0-9.-]{1,253}$'::text))
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
    at timestamp with time zone DEFAULT now() NOT NULL,
    introduction bigint
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
-- Name: scenario; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scenario (
    code public.code NOT NULL,
    name public.short_text NOT NULL,
    name_zh public.short_text,
    operator public.short_text,
    sectors text[],
    trl smallint,
    capacity smallint NOT NULL,
    opens_on date,
    closes_on date,
    region public.short_text,
    city public.short_text,
    retired boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT scenario_capacity_range CHECK (((capacity >= 1) AND (capacity <= 1000))),
    CONSTRAINT scenario_closes_after_opening CHECK ((closes_on >= opens_on)),
    CONSTRAINT scenario_sectors_count CHECK ((cardinality(sectors) <= 64)),
    CONSTRAINT scenario_trl_range CHECK (((trl >= 1) AND (trl <= 9)))
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
-- Name: stake; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stake (
    code public.code NOT NULL,
    programme public.code NOT NULL,
    firm public.code NOT NULL,
    committed public.amount NOT NULL,
    agreed_on date NOT NULL,
    hold_until date,
    floor numeric(15,6),
    closed_on date,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT stake_closed_after_agreed CHECK ((closed_on >= agreed_on)),
    CONSTRAINT stake_floor_range CHECK (((floor >= (0)::numeric) AND (floor <= (100)::numeric))),
    CONSTRAINT stake_hold_until_after_agreed CHECK ((hold_until >= agreed_on))
);


--
-- Name: tranche; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tranche (
    code public.code NOT NULL,
    stake public.code NOT NULL,
    kind public.tranche_kind NOT NULL,
    date date NOT NULL,
    percent numeric(15,6) NOT NULL,
    amount public.amount NOT NULL,
    buyer public.code,
    introduction bigint,
    reason public.long_text NOT NULL,
    cost public.amount NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT tranche_amount_of_kind CHECK (
CASE kind
    WHEN 'buy'::public.tranche_kind THEN ((amount)::bigint > 0)
    WHEN 'write_off'::public.tranche_kind THEN ((amount)::bigint = 0)
    ELSE true
END),
    CONSTRAINT tranche_buyer_of_sale CHECK (((buyer IS NULL) OR (kind = 'sell'::public.tranche_kind))),
    CONSTRAINT tranche_introduction_of_sale CHECK (((introduction IS NULL) OR (kind = 'sell'::public.tranche_kind))),
    CONSTRAINT tranche_percent_range CHECK (((percent > (0)::numeric) AND (percent <= (100)::numeric)))
);


--
-- Name: stake_position; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.stake_position AS
 SELECT s.code AS stake,
    s.programme,
    p.fund,
    s.firm,
    p.currency,
    s.committed,
    s.agreed_on,
    COALESCE(s.hold_until, ((s.agreed_on + make_interval(months => COALESCE((p.hold_months)::integer, 0))))::date) AS hold_until,
    COALESCE(s.floor, (0)::numeric) AS floor,
    s.closed_on,
    t.drawn,
    t.bought,
    t.sold,
    t.written_off,
    ((t.bought - t.sold) - t.written_off) AS held,
    (t.drawn - t.cost_gone) AS cost,
    t.returned,
    t.cost_lost AS lost,
    t.first_bought,
    t.last_price_per_percent
   FROM (public.stake s
     JOIN public.programme p ON (((p.code)::text = (s.programme)::text))),
    LATERAL ( SELECT (COALESCE(sum((tranche.amount)::bigint) FILTER (WHERE (tranche.kind = 'buy'::public.tranche_kind)), (0)::numeric))::bigint AS drawn,
            COALESCE(sum(tranche.percent) FILTER (WHERE (tranche.kind = 'buy'::public.tranche_kind)), (0)::numeric) AS bought,
            COALESCE(sum(tranche.percent) FILTER (WHERE (tranche.kind = 'sell'::public.tranche_kind)), (0)::numeric) AS sold,
            COALESCE(sum(tranche.percent) FILTER (WHERE (tranche.kind = 'write_off'::public.tranche_kind)), (0)::numeric) AS written_off,
            (COALESCE(sum((tranche.amount)::bigint) FILTER (WHERE (tranche.kind = 'sell'::public.tranche_kind)), (0)::numeric))::bigint AS returned,
            (COALESCE(sum((tranche.cost)::bigint) FILTER (WHERE (tranche.kind <> 'buy'::public.tranche_kind)), (0)::numeric))::bigint AS cost_gone,
            (COALESCE(sum(GREATEST((0)::bigint, ((tranche.cost)::bigint - (tranche.amount)::bigint))) FILTER (WHERE (tranche.kind <> 'buy'::public.tranche_kind)), (0)::numeric))::bigint AS cost_lost,
            min(tranche.date) FILTER (WHERE (tranche.kind = 'buy'::public.tranche_kind)) AS first_bought,
            ( SELECT ((latest.amount)::numeric / latest.percent)
                   FROM public.tranche latest
                  WHERE (((latest.stake)::text = (s.code)::text) AND (latest.kind <> 'write_off'::public.tranche_kind))
                  ORDER BY latest.date DESC, latest.changed_at DESC, latest.code DESC
                 LIMIT 1) AS last_price_per_percent
           FROM public.tranche
          WHERE ((tranche.stake)::text = (s.code)::text)) t;


--
-- Name: state_signal; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.state_signal AS
 SELECT s.firm,
    max(e.value) AS value
   FROM (public.stake_position s
     JOIN public.programme_effect e ON (((e.programme)::text = (s.programme)::text)))
  WHERE (s.held > (0)::numeric)
  GROUP BY s.firm;


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
    pitch.live,
    pitch.plan,
    pitch.during,
        CASE
            WHEN ((plan.state = 'published'::public.plan_state) AND (pitch.during IS NOT NULL)) THEN pitch.sequence
            ELSE (max(pitch.sequence) OVER (PARTITION BY pitch.roadshow, pitch.firm) + 1)
        END AS sequence
   FROM (((public.plan_pitch pitch
     CROSS JOIN asking)
     JOIN public.plan ON ((((plan.roadshow)::text = (pitch.roadshow)::text) AND (plan.number = pitch.plan))))
     JOIN public.firm ON (((firm.code)::text = (pitch.firm)::text)))
  WHERE ((plan.state <> 'draft'::public.plan_state) AND (asking.sees_all OR ((pitch.firm)::text = asking.firm) OR ((plan.state = 'published'::public.plan_state) AND (EXISTS ( SELECT
           FROM public.participant own
          WHERE (((own.roadshow)::text = (pitch.roadshow)::text) AND ((own.investor)::text = ANY (asking.investors))))))))
  ORDER BY pitch.roadshow, pitch.firm, ((plan.state = 'published'::public.plan_state) AND (pitch.during IS NOT NULL)) DESC, (pitch.during IS NOT NULL) DESC, plan.published_at DESC, plan.number DESC;


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
-- Name: track_record; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.track_record (
    institute public.code NOT NULL,
    firms integer NOT NULL,
    funded integer NOT NULL,
    steps integer NOT NULL,
    days integer NOT NULL,
    value integer NOT NULL,
    candidates integer DEFAULT 0 NOT NULL,
    tracked integer DEFAULT 0 NOT NULL,
    CONSTRAINT track_record_value_range CHECK (((value >= 0) AND (value <= 1000000)))
);


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
-- Name: account account_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (programme, account);


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
-- Name: award award_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.award
    ADD CONSTRAINT award_pkey PRIMARY KEY (roadshow, firm);


--
-- Name: committee committee_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.committee
    ADD CONSTRAINT committee_pkey PRIMARY KEY (code);


--
-- Name: criterion criterion_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.criterion
    ADD CONSTRAINT criterion_pkey PRIMARY KEY (roadshow, name);


--
-- Name: decision decision_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.decision
    ADD CONSTRAINT decision_pkey PRIMARY KEY (code);


--
-- Name: expert expert_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.expert
    ADD CONSTRAINT expert_pkey PRIMARY KEY (code);


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
-- Name: introduction_told introduction_told_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.introduction_told
    ADD CONSTRAINT introduction_told_pkey PRIMARY KEY (introduction, side);


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
-- Name: investor_standing investor_standing_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.investor_standing
    ADD CONSTRAINT investor_standing_pkey PRIMARY KEY (investor, since);


--
-- Name: juror juror_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.juror
    ADD CONSTRAINT juror_pkey PRIMARY KEY (roadshow, expert);


--
-- Name: ledger_entry ledger_entry_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_pkey PRIMARY KEY (id);


--
-- Name: ledger_entry ledger_entry_tranche_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_tranche_key UNIQUE (tranche);


--
-- Name: mark mark_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mark
    ADD CONSTRAINT mark_pkey PRIMARY KEY (roadshow, expert, firm, criterion);


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
-- Name: milestone milestone_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.milestone
    ADD CONSTRAINT milestone_key UNIQUE NULLS NOT DISTINCT (project, firm, date);


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
-- Name: pilot pilot_once; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pilot
    ADD CONSTRAINT pilot_once EXCLUDE USING gist (scenario WITH =, firm WITH =, daterange(starts_on, ends_on, '[]'::text) WITH &&) WHERE ((NOT retired));


--
-- Name: pilot pilot_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pilot
    ADD CONSTRAINT pilot_pkey PRIMARY KEY (code);


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
-- Name: plan_pitch plan_pitch_slot_twice; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plan_pitch
    ADD CONSTRAINT plan_pitch_slot_twice EXCLUDE USING gist (roadshow WITH =, plan WITH =, during WITH &&);


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
-- Name: posting posting_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (entry, account);


--
-- Name: programme_effect programme_effect_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.programme_effect
    ADD CONSTRAINT programme_effect_pkey PRIMARY KEY (programme);


--
-- Name: programme programme_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.programme
    ADD CONSTRAINT programme_pkey PRIMARY KEY (code);


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
-- Name: review review_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.review
    ADD CONSTRAINT review_pkey PRIMARY KEY (code);


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
-- Name: scenario scenario_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scenario
    ADD CONSTRAINT scenario_pkey PRIMARY KEY (code);


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
-- Name: stake stake_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stake
    ADD CONSTRAINT stake_pkey PRIMARY KEY (code);


--
-- Name: token token_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (id);


--
-- Name: track_record track_record_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.track_record
    ADD CONSTRAINT track_record_pkey PRIMARY KEY (institute);


--
-- Name: tranche tranche_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tranche
    ADD CONSTRAINT tranche_pkey PRIMARY KEY (code);


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
-- Name: award_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX award_firm ON public.award USING btree (firm);


--
-- Name: decision_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX decision_firm ON public.decision USING btree (firm);


--
-- Name: firm_changed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX firm_changed ON public.firm USING btree (changed_xid);


--
-- Name: firm_institute; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX firm_institute ON public.firm USING btree (institute);


--
-- Name: firm_project; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX firm_project ON public.firm USING btree (project) WHERE (project IS NOT NULL);


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
-- Name: introduction_revertible; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX introduction_revertible ON public.introduction USING btree (investor) WHERE (before IS NOT NULL);


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
-- Name: ledger_entry_programme; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ledger_entry_programme ON public.ledger_entry USING btree (programme, date, id);


--
-- Name: milestone_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX milestone_firm ON public.milestone USING btree (firm, date);


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
-- Name: pilot_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pilot_firm ON public.pilot USING btree (firm);


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
-- Name: plan_pitch_live; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX plan_pitch_live ON public.plan_pitch USING btree (firm) WHERE live;


--
-- Name: posting_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX posting_account ON public.posting USING btree (programme, account);


--
-- Name: programme_fund; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX programme_fund ON public.programme USING btree (fund);


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

CREATE INDEX ranking_revision ON public.ranking USING btree (run, revision) WHERE (revision > 0);


--
-- Name: review_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX review_firm ON public.review USING btree (firm);


--
-- Name: review_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX review_open ON public.review USING btree (expert) WHERE ((verdict IS NULL) AND (NOT retired));


--
-- Name: stake_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX stake_firm ON public.stake USING btree (firm);


--
-- Name: stake_programme; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX stake_programme ON public.stake USING btree (programme);


--
-- Name: tranche_stake; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tranche_stake ON public.tranche USING btree (stake, date);


--
-- Name: wish_firm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX wish_firm ON public.wish USING btree (roadshow, firm);


--
-- Name: wish_investor; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX wish_investor ON public.wish USING btree (roadshow, investor);


--
-- Name: account account_follows_postings; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER account_follows_postings BEFORE INSERT OR UPDATE ON public.account FOR EACH ROW EXECUTE FUNCTION public.account_follows_postings();


--
-- Name: account account_stays; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER account_stays BEFORE DELETE OR TRUNCATE ON public.account FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_is_fixed();


--
-- Name: audit audit_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();


--
-- Name: audit_block audit_block_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_block_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_block FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();


--
-- Name: award award_evidence_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER award_evidence_added AFTER INSERT ON public.award REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.evidence_touches();


--
-- Name: award award_evidence_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER award_evidence_changed AFTER UPDATE ON public.award REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.evidence_touches();


--
-- Name: award award_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER award_rows_stay BEFORE DELETE OR TRUNCATE ON public.award FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: award award_stays; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER award_stays BEFORE UPDATE ON public.award FOR EACH ROW WHEN ((NOT public.goes_over(to_jsonb(old.*), to_jsonb(new.*)))) EXECUTE FUNCTION public.rows_stay();


--
-- Name: committee committee_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER committee_changes BEFORE UPDATE ON public.committee FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: committee committee_members_exist; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER committee_members_exist BEFORE INSERT OR UPDATE ON public.committee FOR EACH ROW EXECUTE FUNCTION public.members_exist();


--
-- Name: committee committee_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER committee_rows_stay BEFORE DELETE OR TRUNCATE ON public.committee FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: criterion criterion_holds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER criterion_holds BEFORE INSERT OR UPDATE ON public.criterion FOR EACH ROW EXECUTE FUNCTION public.competition_holds();


--
-- Name: criterion criterion_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER criterion_rows_stay BEFORE DELETE OR TRUNCATE ON public.criterion FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: decision decision_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER decision_changes BEFORE UPDATE ON public.decision FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: decision decision_holds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER decision_holds BEFORE INSERT ON public.decision FOR EACH ROW EXECUTE FUNCTION public.decision_holds();


--
-- Name: decision decision_holds_on; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER decision_holds_on BEFORE UPDATE ON public.decision FOR EACH ROW WHEN ((((new.firm)::text = (old.firm)::text) OR (NOT public.goes_over(to_jsonb(old.*), to_jsonb(new.*))))) EXECUTE FUNCTION public.decision_holds();


--
-- Name: decision decision_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER decision_rows_stay BEFORE DELETE OR TRUNCATE ON public.decision FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: participant_person delegation_is_told_anew; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER delegation_is_told_anew AFTER INSERT OR DELETE ON public.participant_person FOR EACH ROW EXECUTE FUNCTION public.appointments_are_told_anew();


--
-- Name: expert expert_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER expert_changes BEFORE UPDATE ON public.expert FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: expert expert_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER expert_rows_stay BEFORE DELETE OR TRUNCATE ON public.expert FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: expert expert_sectors_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER expert_sectors_added AFTER INSERT ON public.expert REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: expert expert_sectors_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER expert_sectors_changed AFTER UPDATE ON public.expert REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: firm firm_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_changes BEFORE UPDATE ON public.firm FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: firm firm_counts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_counts AFTER INSERT ON public.firm REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.institutes_count();


--
-- Name: firm firm_is_told_anew; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_is_told_anew AFTER UPDATE OF name, name_zh ON public.firm FOR EACH ROW WHEN ((((new.name)::text IS DISTINCT FROM (old.name)::text) OR ((new.name_zh)::text IS DISTINCT FROM (old.name_zh)::text))) EXECUTE FUNCTION public.appointments_are_told_anew();


--
-- Name: firm firm_merged; Type: TRIGGER; Schema: public; Owner: -
--

CREATE CONSTRAINT TRIGGER firm_merged AFTER UPDATE OF retired, merged_into ON public.firm DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.retired AND (new.merged_into IS NOT NULL))) EXECUTE FUNCTION public.retired_withdraws();


--
-- Name: firm firm_notify; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_notify AFTER INSERT OR UPDATE ON public.firm FOR EACH STATEMENT EXECUTE FUNCTION public.notify_changed();


--
-- Name: firm firm_reaches; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_reaches AFTER UPDATE ON public.firm REFERENCING OLD TABLE AS was NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.firms_reach();


--
-- Name: firm firm_retired; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER firm_retired AFTER UPDATE OF retired ON public.firm FOR EACH ROW WHEN ((new.retired AND (NOT old.retired) AND (new.merged_into IS NULL))) EXECUTE FUNCTION public.retired_withdraws();


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
-- Name: idempotency_key idempotency_key_limit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER idempotency_key_limit BEFORE INSERT ON public.idempotency_key FOR EACH ROW WHEN ((CURRENT_USER = 'bellwether_party'::name)) EXECUTE FUNCTION public.idempotency_keys_bounded();


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
-- Name: introduction introduction_bounds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER introduction_bounds BEFORE UPDATE ON public.introduction FOR EACH ROW WHEN (((new.step <> old.step) AND (new.side IS NOT NULL) AND (new.action = ANY (ARRAY['ask'::public.introduction_action, 'accept'::public.introduction_action, 'defer'::public.introduction_action])))) EXECUTE FUNCTION public.introduction_bounds();


--
-- Name: introduction_event introduction_event_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER introduction_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.introduction_event FOR EACH STATEMENT EXECUTE FUNCTION public.events_are_append_only();


--
-- Name: introduction introduction_has_evidence; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER introduction_has_evidence BEFORE UPDATE ON public.introduction FOR EACH ROW WHEN (((new.state <> old.state) AND (new.state = ANY (ARRAY['term_sheet'::public.introduction_state, 'invested'::public.introduction_state])))) EXECUTE FUNCTION public.introduction_has_evidence();


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
-- Name: introduction introduction_stake_fits; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER introduction_stake_fits BEFORE INSERT ON public.introduction FOR EACH ROW WHEN ((new.stake IS NOT NULL)) EXECUTE FUNCTION public.introduction_stake_fits();


--
-- Name: investor investor_budget_is_of_the_books; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_budget_is_of_the_books BEFORE UPDATE ON public.investor FOR EACH ROW WHEN (((new.budget_left)::bigint IS DISTINCT FROM (old.budget_left)::bigint)) EXECUTE FUNCTION public.budget_is_of_the_books();


--
-- Name: investor investor_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_changes BEFORE UPDATE ON public.investor FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: investor investor_is_told_anew; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_is_told_anew AFTER UPDATE OF name, name_zh ON public.investor FOR EACH ROW WHEN ((((new.name)::text IS DISTINCT FROM (old.name)::text) OR ((new.name_zh)::text IS DISTINCT FROM (old.name_zh)::text))) EXECUTE FUNCTION public.appointments_are_told_anew();


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
-- Name: investor investor_stands; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_stands AFTER INSERT ON public.investor REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.investors_stand();


--
-- Name: investor investor_stands_anew; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_stands_anew AFTER UPDATE ON public.investor REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.investors_stand();


--
-- Name: investor investor_stays_of_the_state; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER investor_stays_of_the_state BEFORE UPDATE ON public.investor FOR EACH ROW WHEN ((new.kind <> old.kind)) EXECUTE FUNCTION public.fund_stays_of_the_state();


--
-- Name: juror juror_holds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER juror_holds BEFORE INSERT OR UPDATE ON public.juror FOR EACH ROW EXECUTE FUNCTION public.competition_holds();


--
-- Name: juror juror_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER juror_rows_stay BEFORE DELETE OR TRUNCATE ON public.juror FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: ledger_entry ledger_entry_balances; Type: TRIGGER; Schema: public; Owner: -
--

CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON public.ledger_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.entry_balances();


--
-- Name: ledger_entry ledger_entry_is_fixed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER ledger_entry_is_fixed BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_is_fixed();


--
-- Name: mark mark_holds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER mark_holds BEFORE INSERT OR UPDATE ON public.mark FOR EACH ROW EXECUTE FUNCTION public.competition_holds();


--
-- Name: mark mark_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER mark_rows_stay BEFORE DELETE OR TRUNCATE ON public.mark FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: meeting meeting_moves; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER meeting_moves BEFORE UPDATE ON public.meeting FOR EACH ROW WHEN ((((new.firm)::text = (old.firm)::text) OR (NOT public.goes_over(to_jsonb(old.*), to_jsonb(new.*))))) EXECUTE FUNCTION public.meeting_moves();


--
-- Name: meeting meeting_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER meeting_rows_stay BEFORE DELETE OR TRUNCATE ON public.meeting FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: milestone milestone_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER milestone_added AFTER INSERT ON public.milestone REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.milestones_tell();


--
-- Name: milestone milestone_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER milestone_changed AFTER UPDATE ON public.milestone REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.milestones_tell();


--
-- Name: milestone milestone_is_reached; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER milestone_is_reached BEFORE INSERT OR UPDATE ON public.milestone FOR EACH ROW EXECUTE FUNCTION public.milestone_is_reached();


--
-- Name: milestone milestone_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER milestone_rows_stay BEFORE DELETE OR TRUNCATE ON public.milestone FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


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
-- Name: participant participant_pitches; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER participant_pitches AFTER UPDATE ON public.participant FOR EACH ROW WHEN (((new.firm IS NOT NULL) AND ((new.state = 'withdrawn'::public.participant_state) <> (old.state = 'withdrawn'::public.participant_state)))) EXECUTE FUNCTION public.participant_pitches();


--
-- Name: participant participant_pitches_again; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER participant_pitches_again AFTER INSERT ON public.participant FOR EACH ROW WHEN ((new.firm IS NOT NULL)) EXECUTE FUNCTION public.participant_pitches();


--
-- Name: person person_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER person_changes BEFORE UPDATE ON public.person FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: person person_is_told_anew; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER person_is_told_anew AFTER UPDATE OF name ON public.person FOR EACH ROW WHEN (((new.name)::text IS DISTINCT FROM (old.name)::text)) EXECUTE FUNCTION public.appointments_are_told_anew();


--
-- Name: person person_leaves; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER person_leaves AFTER UPDATE ON public.person FOR EACH ROW WHEN (((((new.of)::text IS DISTINCT FROM (old.of)::text) OR (new.of_kind IS DISTINCT FROM old.of_kind)) AND (NOT ((new.of_kind = 'firm'::public.owner_kind) AND (old.of_kind = 'firm'::public.owner_kind) AND public.was_merged((old.of)::text, (new.of)::text))))) EXECUTE FUNCTION public.person_leaves();


--
-- Name: pilot pilot_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pilot_changes BEFORE UPDATE ON public.pilot FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: pilot pilot_evidence_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pilot_evidence_added AFTER INSERT ON public.pilot REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.evidence_touches();


--
-- Name: pilot pilot_evidence_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pilot_evidence_changed AFTER UPDATE ON public.pilot REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.evidence_touches();


--
-- Name: pilot pilot_holds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pilot_holds BEFORE INSERT ON public.pilot FOR EACH ROW EXECUTE FUNCTION public.pilot_holds();


--
-- Name: pilot pilot_holds_on; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pilot_holds_on BEFORE UPDATE ON public.pilot FOR EACH ROW WHEN ((((new.firm)::text = (old.firm)::text) OR (NOT public.goes_over(to_jsonb(old.*), to_jsonb(new.*))))) EXECUTE FUNCTION public.pilot_holds();


--
-- Name: pilot pilot_proves; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pilot_proves AFTER INSERT OR UPDATE ON public.pilot FOR EACH ROW EXECUTE FUNCTION public.pilot_proves();


--
-- Name: pilot pilot_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pilot_rows_stay BEFORE DELETE OR TRUNCATE ON public.pilot FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: pin pin_limit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pin_limit AFTER INSERT ON public.pin REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rows_of_a_roadshow('5000');


--
-- Name: pin pin_order; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pin_order AFTER INSERT OR UPDATE ON public.pin FOR EACH ROW WHEN ((new.after_firm IS NOT NULL)) EXECUTE FUNCTION public.pins_have_an_order();


--
-- Name: plan_meeting plan_meeting_firm_pitches; Type: TRIGGER; Schema: public; Owner: -
--

CREATE CONSTRAINT TRIGGER plan_meeting_firm_pitches AFTER INSERT OR UPDATE ON public.plan_meeting DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (new.live) EXECUTE FUNCTION public.firm_is_elsewhere();


--
-- Name: plan_meeting plan_meeting_has_a_place; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_meeting_has_a_place AFTER INSERT ON public.plan_meeting REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.plan_meetings_have_a_place();


--
-- Name: plan_meeting plan_meeting_is_fixed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_meeting_is_fixed BEFORE INSERT OR DELETE ON public.plan_meeting FOR EACH ROW EXECUTE FUNCTION public.plan_rows_are_fixed();


--
-- Name: plan_meeting plan_meeting_may_live; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_meeting_may_live AFTER INSERT OR UPDATE ON public.plan_meeting FOR EACH ROW WHEN (new.live) EXECUTE FUNCTION public.plan_meeting_may_live();


--
-- Name: plan_meeting plan_meeting_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_meeting_rows_stay BEFORE TRUNCATE ON public.plan_meeting FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: plan_meeting plan_meeting_stays; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_meeting_stays BEFORE UPDATE ON public.plan_meeting FOR EACH ROW WHEN ((((new.firm)::text = (old.firm)::text) OR (NOT public.goes_over(to_jsonb(old.*), to_jsonb(new.*))))) EXECUTE FUNCTION public.plan_rows_are_fixed();


--
-- Name: plan plan_moves; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_moves BEFORE DELETE OR UPDATE ON public.plan FOR EACH ROW EXECUTE FUNCTION public.plan_moves();


--
-- Name: plan_pitch plan_pitch_firm_elsewhere; Type: TRIGGER; Schema: public; Owner: -
--

CREATE CONSTRAINT TRIGGER plan_pitch_firm_elsewhere AFTER INSERT OR UPDATE ON public.plan_pitch DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (new.live) EXECUTE FUNCTION public.firm_is_elsewhere();


--
-- Name: plan_pitch plan_pitch_has_a_slot; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_pitch_has_a_slot AFTER INSERT ON public.plan_pitch REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.plan_pitches_have_a_slot();


--
-- Name: plan_pitch plan_pitch_is_fixed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_pitch_is_fixed BEFORE INSERT OR DELETE ON public.plan_pitch FOR EACH ROW EXECUTE FUNCTION public.plan_rows_are_fixed();


--
-- Name: plan_pitch plan_pitch_may_live; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_pitch_may_live AFTER INSERT OR UPDATE ON public.plan_pitch FOR EACH ROW WHEN (new.live) EXECUTE FUNCTION public.plan_pitch_may_live();


--
-- Name: plan_pitch plan_pitch_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_pitch_rows_stay BEFORE TRUNCATE ON public.plan_pitch FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: plan_pitch plan_pitch_stays; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plan_pitch_stays BEFORE UPDATE ON public.plan_pitch FOR EACH ROW WHEN ((((new.firm)::text = (old.firm)::text) OR (NOT public.goes_over(to_jsonb(old.*), to_jsonb(new.*))))) EXECUTE FUNCTION public.plan_rows_are_fixed();


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
-- Name: posting posting_balances; Type: TRIGGER; Schema: public; Owner: -
--

CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON public.posting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.entry_balances();


--
-- Name: posting posting_counts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER posting_counts AFTER INSERT ON public.posting FOR EACH ROW EXECUTE FUNCTION public.posting_counts();


--
-- Name: posting posting_is_fixed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER posting_is_fixed BEFORE DELETE OR UPDATE OR TRUNCATE ON public.posting FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_is_fixed();


--
-- Name: programme programme_appropriates; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER programme_appropriates AFTER INSERT OR UPDATE OF budget ON public.programme FOR EACH ROW EXECUTE FUNCTION public.programme_appropriates();


--
-- Name: programme programme_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER programme_changes BEFORE UPDATE ON public.programme FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: programme_effect programme_effect_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER programme_effect_added AFTER INSERT ON public.programme_effect REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.effects_touch();


--
-- Name: programme_effect programme_effect_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER programme_effect_changed AFTER UPDATE ON public.programme_effect REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.effects_touch();


--
-- Name: programme programme_holds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER programme_holds BEFORE INSERT OR UPDATE ON public.programme FOR EACH ROW EXECUTE FUNCTION public.programme_holds();


--
-- Name: programme programme_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER programme_rows_stay BEFORE DELETE OR TRUNCATE ON public.programme FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: programme programme_sectors_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER programme_sectors_added AFTER INSERT ON public.programme REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: programme programme_sectors_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER programme_sectors_changed AFTER UPDATE ON public.programme REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: project project_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER project_changes BEFORE UPDATE ON public.project FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: project project_notify; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER project_notify AFTER INSERT OR UPDATE ON public.project FOR EACH STATEMENT EXECUTE FUNCTION public.notify_changed();


--
-- Name: project project_reaches; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER project_reaches AFTER UPDATE ON public.project REFERENCING OLD TABLE AS was NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.projects_reach();


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
-- Name: publication publication_uid_domain_stays; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER publication_uid_domain_stays BEFORE UPDATE OF uid_domain ON public.publication FOR EACH ROW WHEN (((old.uid_domain IS NOT NULL) AND (new.uid_domain IS DISTINCT FROM old.uid_domain))) EXECUTE FUNCTION public.uid_domain_stays();


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
-- Name: review review_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER review_changes BEFORE UPDATE ON public.review FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: review review_evidence_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER review_evidence_added AFTER INSERT ON public.review REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.evidence_touches();


--
-- Name: review review_evidence_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER review_evidence_changed AFTER UPDATE ON public.review REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.evidence_touches();


--
-- Name: review review_holds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER review_holds BEFORE INSERT ON public.review FOR EACH ROW EXECUTE FUNCTION public.review_holds();


--
-- Name: review review_holds_on; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER review_holds_on BEFORE UPDATE ON public.review FOR EACH ROW WHEN ((((new.firm)::text = (old.firm)::text) OR (NOT public.goes_over(to_jsonb(old.*), to_jsonb(new.*))))) EXECUTE FUNCTION public.review_holds();


--
-- Name: review review_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER review_rows_stay BEFORE DELETE OR TRUNCATE ON public.review FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


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
-- Name: roadshow roadshow_competition_stays; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_competition_stays BEFORE UPDATE ON public.roadshow FOR EACH ROW WHEN ((new.kind IS DISTINCT FROM old.kind)) EXECUTE FUNCTION public.competition_stays();


--
-- Name: roadshow roadshow_is_told_anew; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_is_told_anew AFTER UPDATE OF name, name_zh, city, venue ON public.roadshow FOR EACH ROW WHEN ((((((new.name)::text IS DISTINCT FROM (old.name)::text) OR ((new.name_zh)::text IS DISTINCT FROM (old.name_zh)::text)) OR ((new.city)::text IS DISTINCT FROM (old.city)::text)) OR ((new.venue)::text IS DISTINCT FROM (old.venue)::text))) EXECUTE FUNCTION public.appointments_are_told_anew();


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
-- Name: roadshow_table roadshow_table_is_told_anew; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roadshow_table_is_told_anew AFTER UPDATE OF name, room ON public.roadshow_table FOR EACH ROW WHEN ((((new.name)::text IS DISTINCT FROM (old.name)::text) OR ((new.room)::text IS DISTINCT FROM (old.room)::text))) EXECUTE FUNCTION public.appointments_are_told_anew();


--
-- Name: round round_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER round_added AFTER INSERT ON public.round REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rounds_touch();


--
-- Name: round round_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER round_changed AFTER UPDATE ON public.round REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rounds_touch();


--
-- Name: round round_counts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER round_counts AFTER INSERT ON public.round REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.institutes_count();


--
-- Name: round round_counts_anew; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER round_counts_anew AFTER UPDATE ON public.round REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.institutes_count();


--
-- Name: round round_counts_no_more; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER round_counts_no_more AFTER DELETE ON public.round REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.institutes_count();


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
-- Name: scenario scenario_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER scenario_changes BEFORE UPDATE ON public.scenario FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: scenario scenario_holds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER scenario_holds BEFORE UPDATE ON public.scenario FOR EACH ROW WHEN ((((new.capacity IS DISTINCT FROM old.capacity) OR (new.opens_on IS DISTINCT FROM old.opens_on)) OR (new.closes_on IS DISTINCT FROM old.closes_on))) EXECUTE FUNCTION public.scenario_holds();


--
-- Name: scenario scenario_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER scenario_rows_stay BEFORE DELETE OR TRUNCATE ON public.scenario FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: scenario scenario_sectors_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER scenario_sectors_added AFTER INSERT ON public.scenario REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


--
-- Name: scenario scenario_sectors_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER scenario_sectors_changed AFTER UPDATE ON public.scenario REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.sectors_exist();


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
-- Name: stake stake_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER stake_changes BEFORE UPDATE ON public.stake FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: stake stake_commits; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER stake_commits AFTER INSERT OR UPDATE ON public.stake FOR EACH ROW EXECUTE FUNCTION public.stake_commits();


--
-- Name: stake stake_holds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER stake_holds BEFORE INSERT ON public.stake FOR EACH ROW EXECUTE FUNCTION public.stake_holds();


--
-- Name: stake stake_holds_on; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER stake_holds_on BEFORE UPDATE ON public.stake FOR EACH ROW WHEN ((((new.firm)::text = (old.firm)::text) OR (NOT public.goes_over(to_jsonb(old.*), to_jsonb(new.*))))) EXECUTE FUNCTION public.stake_holds();


--
-- Name: stake stake_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER stake_rows_stay BEFORE DELETE OR TRUNCATE ON public.stake FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: token token_notify; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER token_notify AFTER UPDATE ON public.token FOR EACH STATEMENT EXECUTE FUNCTION public.notify_changed();


--
-- Name: token token_only_ends; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER token_only_ends BEFORE UPDATE ON public.token FOR EACH ROW WHEN (((NOT ((new.firm)::text IS DISTINCT FROM (old.firm)::text)) OR (NOT public.goes_over(to_jsonb(old.*), to_jsonb(new.*))))) EXECUTE FUNCTION public.token_only_ends();


--
-- Name: token token_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER token_rows_stay BEFORE DELETE OR TRUNCATE ON public.token FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: tranche tranche_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tranche_changes BEFORE UPDATE ON public.tranche FOR EACH ROW EXECUTE FUNCTION public.row_changes();


--
-- Name: tranche tranche_holds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tranche_holds BEFORE INSERT OR UPDATE ON public.tranche FOR EACH ROW EXECUTE FUNCTION public.tranche_holds();


--
-- Name: tranche tranche_posts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tranche_posts AFTER INSERT ON public.tranche FOR EACH ROW EXECUTE FUNCTION public.tranche_posts();


--
-- Name: tranche tranche_rows_stay; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tranche_rows_stay BEFORE DELETE OR TRUNCATE ON public.tranche FOR EACH STATEMENT EXECUTE FUNCTION public.rows_stay();


--
-- Name: wish wish_limit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER wish_limit AFTER INSERT ON public.wish REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.rows_of_a_roadshow('20000');


--
-- Name: wish wish_of_one_limit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER wish_of_one_limit AFTER INSERT ON public.wish REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.wishes_of_one_bounded();


--
-- Name: account account_programme_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_programme_fkey FOREIGN KEY (programme) REFERENCES public.programme(code);


--
-- Name: award award_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.award
    ADD CONSTRAINT award_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: award award_roadshow_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.award
    ADD CONSTRAINT award_roadshow_fkey FOREIGN KEY (roadshow) REFERENCES public.roadshow(code);


--
-- Name: criterion criterion_roadshow_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.criterion
    ADD CONSTRAINT criterion_roadshow_fkey FOREIGN KEY (roadshow) REFERENCES public.roadshow(code);


--
-- Name: decision decision_committee_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.decision
    ADD CONSTRAINT decision_committee_fkey FOREIGN KEY (committee) REFERENCES public.committee(code);


--
-- Name: decision decision_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.decision
    ADD CONSTRAINT decision_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: expert expert_person_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.expert
    ADD CONSTRAINT expert_person_fkey FOREIGN KEY (person) REFERENCES public.person(code) ON DELETE SET NULL;


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
-- Name: introduction introduction_stake_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.introduction
    ADD CONSTRAINT introduction_stake_fkey FOREIGN KEY (stake) REFERENCES public.stake(code);


--
-- Name: introduction_told introduction_told_introduction_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.introduction_told
    ADD CONSTRAINT introduction_told_introduction_fkey FOREIGN KEY (introduction) REFERENCES public.introduction(id);


--
-- Name: investor investor_parent_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.investor
    ADD CONSTRAINT investor_parent_fkey FOREIGN KEY (parent) REFERENCES public.investor(code);


--
-- Name: investor_standing investor_standing_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.investor_standing
    ADD CONSTRAINT investor_standing_investor_fkey FOREIGN KEY (investor) REFERENCES public.investor(code);


--
-- Name: juror juror_expert_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.juror
    ADD CONSTRAINT juror_expert_fkey FOREIGN KEY (expert) REFERENCES public.expert(code);


--
-- Name: juror juror_roadshow_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.juror
    ADD CONSTRAINT juror_roadshow_fkey FOREIGN KEY (roadshow) REFERENCES public.roadshow(code);


--
-- Name: ledger_entry ledger_entry_programme_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_programme_fkey FOREIGN KEY (programme) REFERENCES public.programme(code);


--
-- Name: ledger_entry ledger_entry_stake_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_stake_fkey FOREIGN KEY (stake) REFERENCES public.stake(code);


--
-- Name: ledger_entry ledger_entry_tranche_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_tranche_fkey FOREIGN KEY (tranche) REFERENCES public.tranche(code);


--
-- Name: mark mark_criterion_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mark
    ADD CONSTRAINT mark_criterion_fkey FOREIGN KEY (roadshow, criterion) REFERENCES public.criterion(roadshow, name);


--
-- Name: mark mark_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mark
    ADD CONSTRAINT mark_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: mark mark_juror_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mark
    ADD CONSTRAINT mark_juror_fkey FOREIGN KEY (roadshow, expert) REFERENCES public.juror(roadshow, expert);


--
-- Name: meeting meeting_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_firm_fkey FOREIGN KEY (roadshow, firm) REFERENCES public.participant(roadshow, firm) ON UPDATE CASCADE;


--
-- Name: meeting meeting_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_investor_fkey FOREIGN KEY (roadshow, investor) REFERENCES public.participant(roadshow, investor);


--
-- Name: milestone milestone_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.milestone
    ADD CONSTRAINT milestone_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: milestone milestone_project_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.milestone
    ADD CONSTRAINT milestone_project_fkey FOREIGN KEY (project) REFERENCES public.project(code);


--
-- Name: participant_absence participant_absence_party_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participant_absence
    ADD CONSTRAINT participant_absence_party_fkey FOREIGN KEY (roadshow, party) REFERENCES public.participant(roadshow, party) ON UPDATE CASCADE ON DELETE CASCADE;


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
    ADD CONSTRAINT participant_person_party_fkey FOREIGN KEY (roadshow, party) REFERENCES public.participant(roadshow, party) ON UPDATE CASCADE ON DELETE CASCADE;


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
-- Name: pilot pilot_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pilot
    ADD CONSTRAINT pilot_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: pilot pilot_scenario_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pilot
    ADD CONSTRAINT pilot_scenario_fkey FOREIGN KEY (scenario) REFERENCES public.scenario(code);


--
-- Name: pin pin_after_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_after_firm_fkey FOREIGN KEY (roadshow, after_firm) REFERENCES public.participant(roadshow, firm) ON UPDATE CASCADE;


--
-- Name: pin pin_after_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_after_investor_fkey FOREIGN KEY (roadshow, after_investor) REFERENCES public.participant(roadshow, investor);


--
-- Name: pin pin_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_firm_fkey FOREIGN KEY (roadshow, firm) REFERENCES public.participant(roadshow, firm) ON UPDATE CASCADE;


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
    ADD CONSTRAINT plan_meeting_meeting_fkey FOREIGN KEY (meeting, roadshow, firm, investor) REFERENCES public.meeting(number, roadshow, firm, investor) ON UPDATE CASCADE;


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
-- Name: posting posting_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.posting
    ADD CONSTRAINT posting_account_fkey FOREIGN KEY (programme, account) REFERENCES public.account(programme, account);


--
-- Name: posting posting_entry_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.posting
    ADD CONSTRAINT posting_entry_fkey FOREIGN KEY (entry) REFERENCES public.ledger_entry(id);


--
-- Name: programme_effect programme_effect_programme_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.programme_effect
    ADD CONSTRAINT programme_effect_programme_fkey FOREIGN KEY (programme) REFERENCES public.programme(code);


--
-- Name: programme programme_fund_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.programme
    ADD CONSTRAINT programme_fund_fkey FOREIGN KEY (fund) REFERENCES public.investor(code);


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
-- Name: refusal refusal_introduction_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_introduction_fkey FOREIGN KEY (introduction) REFERENCES public.introduction(id);


--
-- Name: refusal refusal_investor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_investor_fkey FOREIGN KEY (investor) REFERENCES public.investor(code);


--
-- Name: review review_expert_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.review
    ADD CONSTRAINT review_expert_fkey FOREIGN KEY (expert) REFERENCES public.expert(code);


--
-- Name: review review_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.review
    ADD CONSTRAINT review_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


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
-- Name: stake stake_firm_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stake
    ADD CONSTRAINT stake_firm_fkey FOREIGN KEY (firm) REFERENCES public.firm(code);


--
-- Name: stake stake_programme_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stake
    ADD CONSTRAINT stake_programme_fkey FOREIGN KEY (programme) REFERENCES public.programme(code);


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
-- Name: track_record track_record_institute_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.track_record
    ADD CONSTRAINT track_record_institute_fkey FOREIGN KEY (institute) REFERENCES public.institute(code);


--
-- Name: tranche tranche_buyer_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tranche
    ADD CONSTRAINT tranche_buyer_fkey FOREIGN KEY (buyer) REFERENCES public.investor(code);


--
-- Name: tranche tranche_introduction_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tranche
    ADD CONSTRAINT tranche_introduction_fkey FOREIGN KEY (introduction) REFERENCES public.introduction(id);


--
-- Name: tranche tranche_stake_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tranche
    ADD CONSTRAINT tranche_stake_fkey FOREIGN KEY (stake) REFERENCES public.stake(code);


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


