-- Introductions: an investor and a firm proposed to each other, how each of them answers, and what comes of it.
-- docs/INTRODUCTIONS.md has the states and the moves between them.

CREATE TYPE introduction_state AS ENUM ('proposed', 'asked', 'not_now', 'mutual', 'introduced', 'met', 'diligence',
  'term_sheet', 'invested', 'declined', 'expired', 'withdrawn', 'no_show');
CREATE TYPE introduction_side AS ENUM ('investor', 'firm');
CREATE TYPE introduction_answer AS ENUM ('pending', 'yes', 'no', 'not_now');
CREATE TYPE introduction_reason AS ENUM ('stage', 'sector', 'risk', 'ticket', 'region', 'valuation', 'team', 'technology',
  'conflict', 'terms', 'timing', 'capacity', 'known_already', 'retired', 'other');
CREATE TYPE introduction_action AS ENUM ('emit', 'propose', 'accept', 'decline', 'defer', 'ask', 'withdraw', 'advance',
  'return', 'expire', 'correct');

-- What a firm wishes of its investors. Its codes of investors are not checked: that would tell which there are.
CREATE FUNCTION are_codes(codes text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT cardinality(codes) <= 256 AND coalesce(bool_and(named.code ~ '^[A-Za-z0-9_./:-]{1,160}$'), true)
  FROM unnest(codes) AS named (code)
$$;
ALTER TABLE firm
  ADD COLUMN wanted_kinds investor_kind[],
  ADD COLUMN wanted_investors text[] CONSTRAINT firm_wanted_investors_form CHECK (are_codes(wanted_investors)),
  ADD COLUMN unwanted_investors text[] CONSTRAINT firm_unwanted_investors_form CHECK (are_codes(unwanted_investors));

CREATE TABLE introduction (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT introduction_pkey PRIMARY KEY,
  investor code NOT NULL CONSTRAINT introduction_investor_fkey REFERENCES investor (code),
  firm code NOT NULL CONSTRAINT introduction_firm_fkey REFERENCES firm (code),
  state introduction_state NOT NULL DEFAULT 'proposed',
  investor_answer introduction_answer NOT NULL DEFAULT 'pending',
  firm_answer introduction_answer NOT NULL DEFAULT 'pending',
  -- The day on which a side that said "not now" is asked again.
  investor_until date,
  firm_until date,
  -- What each side would find in the other, in millionths, and the points that make it up: of each criterion in the
  -- order of docs/SCORING.md.
  investor_score integer NOT NULL CONSTRAINT introduction_investor_score_range CHECK (investor_score BETWEEN 0 AND 1000000),
  firm_score integer NOT NULL CONSTRAINT introduction_firm_score_range CHECK (firm_score BETWEEN 0 AND 1000000),
  investor_points integer[] NOT NULL DEFAULT '{}',
  firm_points integer[] NOT NULL DEFAULT '{}',
  -- What each side is told of the other before both want it: nothing that names it.
  investor_blurb long_text NOT NULL,
  firm_blurb long_text NOT NULL,
  -- The published state it comes from; none for one that was proposed by hand.
  run integer,
  revision integer,
  roadshow code CONSTRAINT introduction_roadshow_fkey REFERENCES roadshow (code),
  proposed_at timestamptz NOT NULL DEFAULT now(),
  -- Days that each side has to answer end with this one.
  expires_on date NOT NULL,
  -- When it came into its state.
  state_at timestamptz NOT NULL DEFAULT now(),
  -- The side that declined or did not come, and why.
  ended_by introduction_side,
  reason introduction_reason,
  -- Its last move: which, of which side, by whom, in what words. Moves are counted from 1.
  step integer NOT NULL DEFAULT 1,
  action introduction_action NOT NULL,
  side introduction_side,
  by text NOT NULL,
  note long_text,
  CONSTRAINT introduction_investor_until CHECK ((investor_answer = 'not_now') = (investor_until IS NOT NULL)),
  CONSTRAINT introduction_firm_until CHECK ((firm_answer = 'not_now') = (firm_until IS NOT NULL)),
  CONSTRAINT introduction_run CHECK ((run IS NULL) = (revision IS NULL)));

-- A pair has one introduction under way at most.
CREATE UNIQUE INDEX introduction_under_way ON introduction (investor, firm)
  WHERE state NOT IN ('invested', 'declined', 'expired', 'withdrawn', 'no_show');
CREATE INDEX introduction_of_firm ON introduction (firm);
CREATE INDEX introduction_due ON introduction (expires_on) WHERE state IN ('proposed', 'asked');
CREATE INDEX introduction_deferred ON introduction (id) WHERE state = 'not_now';

-- Who has said no to whom, for good.
CREATE TABLE refusal (
  investor code NOT NULL CONSTRAINT refusal_investor_fkey REFERENCES investor (code),
  firm code NOT NULL CONSTRAINT refusal_firm_fkey REFERENCES firm (code),
  -- The side that said it first.
  side introduction_side NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT refusal_pkey PRIMARY KEY (investor, firm));

-- A deal list leaves out what was refused, so the investor has changed.
CREATE FUNCTION refusals_touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  UPDATE investor SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT investor FROM written) AND changed_xid <> pg_current_xact_id();
  RETURN NULL;
END $$;
CREATE TRIGGER refusal_added AFTER INSERT ON refusal REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION refusals_touch();
CREATE TRIGGER refusal_deleted AFTER DELETE ON refusal REFERENCING OLD TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION refusals_touch();
CREATE TRIGGER refusal_rows_stay BEFORE TRUNCATE ON refusal FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();

-- Every move of every introduction, in the order in which they were committed: what WATCH tells.
CREATE TABLE introduction_event (
  sequence bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT introduction_event_pkey PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  introduction bigint NOT NULL,
  step integer NOT NULL,
  investor code NOT NULL,
  firm code NOT NULL,
  action introduction_action NOT NULL,
  state introduction_state NOT NULL,
  side introduction_side,
  by text NOT NULL,
  reason introduction_reason,
  note long_text,
  until date,
  CONSTRAINT introduction_event_step_key UNIQUE (introduction, step));

CREATE FUNCTION events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are append-only' USING ERRCODE = '23514', CONSTRAINT = 'introduction_event_append_only';
END $$;
CREATE TRIGGER introduction_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON introduction_event
  FOR EACH STATEMENT EXECUTE FUNCTION events_are_append_only();

-- Moves are the same for everyone, psql included. What changes a row without counting a move is a correction by hand.
CREATE FUNCTION introduction_moves() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER introduction_moves BEFORE UPDATE ON introduction FOR EACH ROW EXECUTE FUNCTION introduction_moves();
CREATE TRIGGER introduction_rows_stay BEFORE DELETE OR TRUNCATE ON introduction
  FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();

-- Events are numbered under a lock that lasts to the end of the transaction, so that the order of the numbers is that
-- of the commits: who has read up to a number never misses a smaller one.
CREATE FUNCTION introductions_tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER introduction_added AFTER INSERT ON introduction REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION introductions_tell();
CREATE TRIGGER introduction_moved AFTER UPDATE ON introduction REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION introductions_tell();

-- Who is retired is not introduced any more; what has begun goes on. An emission that is under way is waited for, so
-- that what it stores is seen here, and the next one sees who was retired.
CREATE FUNCTION retired_withdraws() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER firm_retired AFTER UPDATE OF retired ON firm FOR EACH ROW WHEN (NEW.retired AND NOT OLD.retired)
  EXECUTE FUNCTION retired_withdraws();
CREATE TRIGGER investor_retired AFTER UPDATE OF retired ON investor FOR EACH ROW WHEN (NEW.retired AND NOT OLD.retired)
  EXECUTE FUNCTION retired_withdraws();

-- What runs as the owner looks names up in this schema only.
DO $$ DECLARE
  definer text;
BEGIN
  FOREACH definer IN ARRAY '{refusals_touch(),introductions_tell(),retired_withdraws()}'::text[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definer, current_schema());
  END LOOP;
END $$;

-- A party moves introductions of its own, and not under another name. The two sides it does not get to see here, since
-- each is anonymous until both want it.
ALTER TABLE introduction ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON introduction
  USING ((SELECT current_user) <> 'bellwether_party' OR investor = ANY ((SELECT own_investors())::text[])
    OR firm = (SELECT own_firm()))
  WITH CHECK ((SELECT current_user) <> 'bellwether_party' OR by = 'token:' || current_setting('bellwether.token', true)
    AND (investor = ANY ((SELECT own_investors())::text[]) OR firm = (SELECT own_firm())));

-- Introductions as the one who asks may see them: a party its own, with the other side anonymous until both want it,
-- and without what the other side said.
CREATE VIEW introduction_shown WITH (security_barrier) AS
  WITH asking AS MATERIALIZED (
    SELECT current_user <> 'bellwether_party' AS sees_all, own_investors() AS investors, own_firm() AS firm)
  SELECT i.id, i.state, i.investor_answer, i.firm_answer, i.investor_until, i.firm_until,
    i.proposed_at, i.expires_on, i.state_at, i.ended_by, i.run, i.revision, i.roadshow,
    -- Which side the one who asks is; null for neither.
    CASE WHEN asking.sees_all THEN NULL WHEN i.firm = asking.firm THEN 'firm' ELSE 'investor' END::introduction_side AS own_side,
    CASE WHEN shown.investor THEN i.investor END AS investor,
    CASE WHEN shown.firm THEN i.firm END AS firm,
    CASE WHEN shown.investor THEN (SELECT n.name FROM investor n WHERE n.code = i.investor) END AS investor_name,
    CASE WHEN shown.firm THEN (SELECT n.name FROM firm n WHERE n.code = i.firm) END AS firm_name,
    i.investor_blurb, i.firm_blurb,
    CASE WHEN asked.by_investor THEN i.investor_score END AS investor_score,
    CASE WHEN asked.by_firm THEN i.firm_score END AS firm_score,
    CASE WHEN asked.by_investor THEN i.investor_points END AS investor_points,
    CASE WHEN asked.by_firm THEN i.firm_points END AS firm_points,
    CASE WHEN asking.sees_all OR (i.ended_by = 'firm') = asked.by_firm THEN i.reason END AS reason,
    CASE WHEN shown.investor AND shown.firm THEN (SELECT p.name || coalesce(' <' || p.email || '>', '') FROM person p
      WHERE p."of" = i.investor AND p.of_kind = 'investor' AND NOT p.retired
      ORDER BY p.email IS NULL, p.code LIMIT 1) END AS investor_contact,
    CASE WHEN shown.investor AND shown.firm THEN (SELECT p.name || coalesce(' <' || p.email || '>', '') FROM person p
      WHERE p."of" = i.firm AND p.of_kind = 'firm' AND NOT p.retired
      ORDER BY p.email IS NULL, p.code LIMIT 1) END AS firm_contact
  FROM introduction i CROSS JOIN asking,
    LATERAL (SELECT asking.sees_all OR i.investor = ANY (asking.investors) AS by_investor,
      asking.sees_all OR coalesce(i.firm = asking.firm, false) AS by_firm,
      i.investor_answer = 'yes' AND i.firm_answer = 'yes' AS is_mutual) AS asked,
    LATERAL (SELECT asked.by_investor OR asked.is_mutual AS investor, asked.by_firm OR asked.is_mutual AS firm) AS shown
  WHERE asking.sees_all OR i.investor = ANY (asking.investors) OR i.firm = asking.firm;

GRANT SELECT (id, state, investor_answer, firm_answer, investor_until, firm_until, expires_on, step),
  UPDATE (state, investor_answer, firm_answer, investor_until, firm_until, expires_on, ended_by, reason, step, action, side, by,
    note) ON introduction TO bellwether_party;

-- The moves of introductions as the one who asks may see them.
CREATE VIEW introduction_history WITH (security_barrier) AS
  WITH asking AS MATERIALIZED (
    SELECT current_user <> 'bellwether_party' AS sees_all, own_investors() AS investors, own_firm() AS firm)
  SELECT e.introduction, e.sequence, e.at, e.action, e.state, e.side, e.until,
    CASE WHEN asking.sees_all THEN e.by END AS by,
    CASE WHEN asking.sees_all OR (e.side = 'firm') = coalesce(e.firm = asking.firm, false) THEN e.reason END AS reason,
    CASE WHEN asking.sees_all OR e.action = 'ask' OR (e.side = 'firm') = coalesce(e.firm = asking.firm, false) THEN e.note END AS note
  FROM introduction_event e CROSS JOIN asking
  WHERE asking.sees_all OR e.investor = ANY (asking.investors) OR e.firm = asking.firm;

GRANT SELECT ON introduction_history, introduction_shown TO bellwether_party;

-- What nothing reads any more: events are told by the table above.
DROP TABLE notice;
