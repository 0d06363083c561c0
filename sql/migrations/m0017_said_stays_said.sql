-- A merger of two firms takes along all that was said of the first. Rules that keep a record with its firm give way to
-- exactly that: the firm becomes the one it was merged into, and nothing else changes.

ALTER TYPE introduction_action ADD VALUE 'merge';
ALTER TYPE introduction_reason ADD VALUE 'merged';

-- Whether one firm was merged into the other.
CREATE FUNCTION was_merged(gone text, kept text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM firm WHERE code = gone AND merged_into = kept)
$$;

-- Whether a row goes over to the firm that its own was merged into, as it is.
CREATE FUNCTION goes_over(old jsonb, new jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT new - '{firm,version,changed_at,changed_xid}'::text[] = old - '{firm,version,changed_at,changed_xid}'::text[]
    AND was_merged(old ->> 'firm', new ->> 'firm')
$$;

-- Records that stay with one firm.
DO $$ DECLARE
  noun text;
BEGIN
  FOREACH noun IN ARRAY '{review,decision,stake,pilot}'::text[] LOOP
    EXECUTE format('DROP TRIGGER %1$s_holds ON %1$I', noun);
    EXECUTE format('CREATE TRIGGER %1$s_holds BEFORE INSERT ON %1$I FOR EACH ROW EXECUTE FUNCTION %1$s_holds()', noun);
    EXECUTE format('CREATE TRIGGER %1$s_holds_on BEFORE UPDATE ON %1$I FOR EACH ROW
      WHEN (NEW.firm = OLD.firm OR NOT goes_over(to_jsonb(OLD), to_jsonb(NEW))) EXECUTE FUNCTION %1$s_holds()', noun);
  END LOOP;
END $$;

DROP TRIGGER award_rows_stay ON award;
CREATE TRIGGER award_rows_stay BEFORE DELETE OR TRUNCATE ON award FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();
CREATE TRIGGER award_stays BEFORE UPDATE ON award FOR EACH ROW
  WHEN (NOT goes_over(to_jsonb(OLD), to_jsonb(NEW))) EXECUTE FUNCTION rows_stay();

DROP TRIGGER token_only_ends ON token;
CREATE TRIGGER token_only_ends BEFORE UPDATE ON token FOR EACH ROW
  WHEN (NEW.firm IS NOT DISTINCT FROM OLD.firm OR NOT goes_over(to_jsonb(OLD), to_jsonb(NEW)))
  EXECUTE FUNCTION token_only_ends();

DROP TRIGGER meeting_moves ON meeting;
CREATE TRIGGER meeting_moves BEFORE UPDATE ON meeting FOR EACH ROW
  WHEN (NEW.firm = OLD.firm OR NOT goes_over(to_jsonb(OLD), to_jsonb(NEW))) EXECUTE FUNCTION meeting_moves();

DO $$ DECLARE
  planned text;
BEGIN
  FOREACH planned IN ARRAY '{plan_pitch,plan_meeting}'::text[] LOOP
    EXECUTE format('DROP TRIGGER %1$s_is_fixed ON %1$I', planned);
    EXECUTE format('CREATE TRIGGER %1$s_is_fixed BEFORE INSERT OR DELETE ON %1$I
      FOR EACH ROW EXECUTE FUNCTION plan_rows_are_fixed()', planned);
    EXECUTE format('CREATE TRIGGER %1$s_stays BEFORE UPDATE ON %1$I FOR EACH ROW
      WHEN (NEW.firm = OLD.firm OR NOT goes_over(to_jsonb(OLD), to_jsonb(NEW))) EXECUTE FUNCTION plan_rows_are_fixed()', planned);
  END LOOP;
END $$;

-- People go over with their firm, and with it to the roadshows where it is enrolled.
DROP TRIGGER person_leaves ON person;
CREATE TRIGGER person_leaves AFTER UPDATE ON person FOR EACH ROW
  WHEN ((NEW."of", NEW.of_kind) IS DISTINCT FROM (OLD."of", OLD.of_kind)
    AND NOT (NEW.of_kind = 'firm' AND OLD.of_kind = 'firm' AND was_merged(OLD."of", NEW."of")))
  EXECUTE FUNCTION person_leaves();

-- An enrolment takes along what hangs on it.
ALTER TABLE participant_person DROP CONSTRAINT participant_person_party_fkey,
  ADD CONSTRAINT participant_person_party_fkey FOREIGN KEY (roadshow, party) REFERENCES participant (roadshow, party)
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE participant_absence DROP CONSTRAINT participant_absence_party_fkey,
  ADD CONSTRAINT participant_absence_party_fkey FOREIGN KEY (roadshow, party) REFERENCES participant (roadshow, party)
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE pin DROP CONSTRAINT pin_firm_fkey, DROP CONSTRAINT pin_after_firm_fkey,
  ADD CONSTRAINT pin_firm_fkey FOREIGN KEY (roadshow, firm) REFERENCES participant (roadshow, firm) ON UPDATE CASCADE,
  ADD CONSTRAINT pin_after_firm_fkey FOREIGN KEY (roadshow, after_firm) REFERENCES participant (roadshow, firm)
    ON UPDATE CASCADE;
ALTER TABLE meeting DROP CONSTRAINT meeting_firm_fkey,
  ADD CONSTRAINT meeting_firm_fkey FOREIGN KEY (roadshow, firm) REFERENCES participant (roadshow, firm) ON UPDATE CASCADE;
ALTER TABLE plan_meeting DROP CONSTRAINT plan_meeting_meeting_fkey,
  ADD CONSTRAINT plan_meeting_meeting_fkey FOREIGN KEY (meeting, roadshow, firm, investor)
    REFERENCES meeting (number, roadshow, firm, investor) ON UPDATE CASCADE;

-- When either of two participants is away, as few stretches as say it, for the second; the first has none any more.
CREATE FUNCTION join_absences(show text, gone text, kept text, OUT stretches integer) LANGUAGE plpgsql AS $$
DECLARE
  away tstzmultirange;
BEGIN
  SELECT range_agg(during) INTO away FROM participant_absence WHERE roadshow = show AND party IN (gone, kept);
  DELETE FROM participant_absence WHERE roadshow = show AND party IN (gone, kept);
  INSERT INTO participant_absence (roadshow, party, number, during)
    SELECT show, kept, row_number() OVER (ORDER BY during), during FROM unnest(away) AS during;
  GET DIAGNOSTICS stretches = ROW_COUNT;
END $$;

-- A firm that was merged leaves its introductions to the other one. What is left open with it at the end is withdrawn.
DROP TRIGGER firm_retired ON firm;
CREATE TRIGGER firm_retired AFTER UPDATE OF retired ON firm FOR EACH ROW
  WHEN (NEW.retired AND NOT OLD.retired AND NEW.merged_into IS NULL) EXECUTE FUNCTION retired_withdraws();
CREATE CONSTRAINT TRIGGER firm_merged AFTER UPDATE OF retired, merged_into ON firm DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.retired AND NEW.merged_into IS NOT NULL) EXECUTE FUNCTION retired_withdraws();

-- Values that an enum has only just got are compared as text here.
--
-- The moves of introductions as the one who asks may see them: an introduction's history goes with it to another firm. A
-- slip of the desk that was taken back is the desk's alone to see, and the side's for which it spoke.
CREATE OR REPLACE VIEW introduction_history WITH (security_barrier) AS
  WITH asking AS MATERIALIZED (
    SELECT current_user <> 'bellwether_party' AS sees_all, own_investors() AS investors, own_firm() AS firm)
  SELECT e.introduction, e.sequence, e.at, e.action, e.state, e.side, e.until,
    CASE WHEN asking.sees_all THEN e.by END AS by,
    CASE WHEN asking.sees_all OR (e.side = 'firm') = coalesce(i.firm = asking.firm, false) THEN e.reason END AS reason,
    CASE WHEN asking.sees_all OR e.action = 'ask' OR (e.side = 'firm') = coalesce(i.firm = asking.firm, false) THEN e.note END AS note,
    e.step
  FROM introduction_event e CROSS JOIN asking JOIN introduction i ON i.id = e.introduction
  WHERE (SELECT asking.sees_all IS NOT NULL FROM asking) AND (
    asking.sees_all OR (i.investor = ANY (asking.investors) OR i.firm = asking.firm)
    AND e.action::text <> 'revert' AND NOT (
      (e.side IS NULL OR (e.side = 'firm') <> coalesce(i.firm = asking.firm, false))
      AND EXISTS (SELECT FROM introduction_event AS undone
        WHERE undone.introduction = e.introduction AND undone.step = e.step + 1 AND undone.action::text = 'revert')));

-- A slip of the desk is taken back until it was told to the other side.

ALTER TYPE introduction_action ADD VALUE 'revert';

-- What the last move replaced, where it is one of the desk that may be taken back.
ALTER TABLE introduction ADD COLUMN before jsonb;
-- The introduction in which it was said; unknown of old ones.
ALTER TABLE refusal ADD COLUMN introduction bigint CONSTRAINT refusal_introduction_fkey REFERENCES introduction (id);

-- The last move of the desk that a side was told of, by INTRO LIST or GET, WATCH, MOVES or a digest.
CREATE TABLE introduction_told (
  introduction bigint NOT NULL CONSTRAINT introduction_told_introduction_fkey REFERENCES introduction (id),
  side introduction_side NOT NULL,
  step integer NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT introduction_told_pkey PRIMARY KEY (introduction, side));
CREATE INDEX introduction_revertible ON introduction (investor) WHERE before IS NOT NULL;

-- Notes that the one who asks is told of moves of its own introductions, of those that could be taken back, and keeps
-- them from being taken back meanwhile. Gives how many are new to it.
CREATE FUNCTION note_told(ids bigint[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
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

-- The same of all introductions of some investors, whose list or digest is told; of a party only of its own.
CREATE FUNCTION note_told_lists(codes text[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
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
REVOKE EXECUTE ON FUNCTION note_told(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_told(bigint[]) TO bellwether_party;
GRANT EXECUTE ON FUNCTION note_told_lists(text[]) TO bellwether_party;

-- Why the last move of an introduction cannot be taken back, by rule and in words; no row where it can.
CREATE FUNCTION revert_refusal(i introduction) RETURNS TABLE (rule text, why text) LANGUAGE sql STABLE AS $$
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

-- What a move of the desk replaces and a revert brings back.
CREATE FUNCTION introduction_standing(i introduction) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('state', i.state, 'investor_answer', i.investor_answer, 'firm_answer', i.firm_answer,
    'investor_until', i.investor_until, 'firm_until', i.firm_until, 'ended_by', i.ended_by, 'reason', i.reason,
    'expires_on', i.expires_on)
$$;

-- Moves are the same for everyone, psql included. What changes a row without counting a move is a correction by hand.
CREATE OR REPLACE FUNCTION introduction_moves() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- Events are numbered under a lock that lasts to the end of the transaction, so that the order of the numbers is that
-- of the commits: who has read up to a number never misses a smaller one.
CREATE OR REPLACE FUNCTION introductions_tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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

-- What runs as the owner looks names up in this schema only.
DO $$ DECLARE
  definer text;
BEGIN
  FOREACH definer IN ARRAY '{introductions_tell(),note_told(bigint[]),note_told_lists(text[])}'::text[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definer, current_schema());
  END LOOP;
END $$;
