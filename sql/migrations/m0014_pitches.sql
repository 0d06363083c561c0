-- A pitch is an appointment: a plan gives it a time of its own, which later plans keep, and calendars are told of its
-- changes by a sequence, as of meetings. What begins soon is not moved.

-- Minutes before an appointment begins from which it is moved by nobody but on request; null for the usual ones.
ALTER TABLE roadshow ADD COLUMN freeze_minutes smallint
  CONSTRAINT roadshow_freeze_minutes_range CHECK (freeze_minutes BETWEEN 0 AND 480);

-- Whether it is in force because a rollback brought it back, so that the same rollback again is known.
ALTER TABLE plan ADD COLUMN restored boolean NOT NULL DEFAULT false,
  -- Firms that step in where one that pitches falls out, the first one first.
  ADD COLUMN runners_up code[] NOT NULL DEFAULT '{}'
    CONSTRAINT plan_runners_up_limit CHECK (cardinality(runners_up) <= 100);

-- Slots of pitches --------------------------------------------------------------------------------------------

-- Cut from the blocks of pitches as slots of meetings are, in order of time over the whole roadshow.
CREATE FUNCTION pitch_slots(show text) RETURNS TABLE (number integer, block smallint, during tstzrange)
LANGUAGE sql STABLE AS $$
  SELECT row_number() OVER (ORDER BY start)::integer, cut.block,
    tstzrange(start, start + make_interval(mins => cut.slot_minutes))
  FROM (SELECT b.number AS block, b.slot_minutes,
      instant_of(b.starts_at, r.time_zone) + make_interval(mins => nth * (b.slot_minutes + b.pause_minutes)) AS start
    FROM roadshow_block AS b JOIN roadshow AS r ON r.code = b.roadshow,
      generate_series(0, ((extract(epoch FROM b.ends_at - b.starts_at)::integer / 60 + b.pause_minutes)
        / (b.slot_minutes + b.pause_minutes)) - 1) AS nth
    WHERE b.roadshow = show AND b.kind = 'pitches') AS cut
$$;

-- Pitches -----------------------------------------------------------------------------------------------------

-- Null for a firm of the line-up that has no slot.
ALTER TABLE plan_pitch ADD COLUMN during tstzrange
    CONSTRAINT plan_pitch_bounded CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
  -- Whether it takes place: its plan is published, it has a slot, and the firm has not withdrawn.
  ADD COLUMN live boolean NOT NULL DEFAULT false,
  -- How often calendars had been told of it anew when it was in force last.
  ADD COLUMN sequence integer NOT NULL DEFAULT 0 CONSTRAINT plan_pitch_sequence_range CHECK (sequence >= 0);

-- Pitches had the slot of their place, and the second of their plan's publication for a sequence; both go on from there.
ALTER TABLE plan_pitch DISABLE TRIGGER plan_pitch_is_fixed;
UPDATE plan_pitch SET during = slot.during
  FROM roadshow AS r, LATERAL pitch_slots(r.code) AS slot
  WHERE r.code = plan_pitch.roadshow AND slot.number = plan_pitch.place;
UPDATE plan_pitch SET live = stands.live, sequence = stands.sequence + CASE WHEN stands.live THEN 0 ELSE 1 END
  FROM (SELECT pitch.roadshow, pitch.plan, pitch.place,
      plan.state = 'published' AND pitch.during IS NOT NULL AND coalesce(p.state <> 'withdrawn', true) AS live,
      greatest(0, extract(epoch FROM max(plan.published_at) OVER (PARTITION BY pitch.roadshow))::integer - 1735689600) AS sequence
    FROM plan_pitch AS pitch JOIN plan ON plan.roadshow = pitch.roadshow AND plan.number = pitch.plan AND plan.state <> 'draft'
      LEFT JOIN participant AS p ON p.roadshow = pitch.roadshow AND p.firm = pitch.firm) AS stands
  WHERE (plan_pitch.roadshow, plan_pitch.plan, plan_pitch.place) = (stands.roadshow, stands.plan, stands.place);
ALTER TABLE plan_pitch ENABLE TRIGGER plan_pitch_is_fixed;

ALTER TABLE plan_pitch
  ADD CONSTRAINT plan_pitch_live_has_a_slot CHECK (NOT live OR during IS NOT NULL),
  ADD CONSTRAINT plan_pitch_slot_twice EXCLUDE USING gist (roadshow WITH =, plan WITH =, during WITH &&);

-- Over all roadshows a firm is in one place at a time, whether it pitches or meets somebody. One table of both would say
-- it as an exclusion constraint; here writers take turns, so that none misses what another one has not committed yet.
CREATE FUNCTION firm_is_elsewhere() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE INDEX plan_pitch_live ON plan_pitch (firm) WHERE live;
CREATE CONSTRAINT TRIGGER plan_pitch_firm_elsewhere AFTER INSERT OR UPDATE ON plan_pitch DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION firm_is_elsewhere();
CREATE CONSTRAINT TRIGGER plan_meeting_firm_pitches AFTER INSERT OR UPDATE ON plan_meeting DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION firm_is_elsewhere();

-- A pitch is planned for a slot that there is.
CREATE FUNCTION plan_pitches_have_a_slot() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF EXISTS (SELECT FROM written WHERE during IS NOT NULL
      AND NOT EXISTS (SELECT FROM pitch_slots(written.roadshow) AS slot WHERE slot.during = written.during)) THEN
    RAISE EXCEPTION 'a pitch is planned for a slot that is not there'
      USING ERRCODE = '23514', CONSTRAINT = 'plan_pitch_has_a_slot';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER plan_pitch_has_a_slot AFTER INSERT ON plan_pitch REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION plan_pitches_have_a_slot();

CREATE FUNCTION plan_pitch_may_live() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM plan WHERE roadshow = NEW.roadshow AND number = NEW.plan AND state = 'published')
      OR EXISTS (SELECT FROM participant AS p WHERE p.roadshow = NEW.roadshow AND p.firm = NEW.firm AND p.state = 'withdrawn') THEN
    RAISE EXCEPTION 'only pitches of a published plan take place, of firms that have not withdrawn'
      USING ERRCODE = '23514', CONSTRAINT = 'plan_pitch_live_is_published';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER plan_pitch_may_live AFTER INSERT OR UPDATE ON plan_pitch FOR EACH ROW WHEN (NEW.live)
  EXECUTE FUNCTION plan_pitch_may_live();

-- A firm that withdraws pitches no more, and does again where it comes back before another plan is in force.
CREATE FUNCTION participant_pitches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  UPDATE plan_pitch SET live = NEW.state <> 'withdrawn', sequence = sequence + 1 FROM plan
    WHERE plan_pitch.roadshow = NEW.roadshow AND firm = NEW.firm AND during IS NOT NULL
      AND plan.roadshow = plan_pitch.roadshow AND plan.number = plan_pitch.plan AND plan.state = 'published'
      AND live <> (NEW.state <> 'withdrawn');
  RETURN NULL;
END $$;
CREATE TRIGGER participant_pitches AFTER UPDATE ON participant FOR EACH ROW
  WHEN (NEW.firm IS NOT NULL AND (NEW.state = 'withdrawn') <> (OLD.state = 'withdrawn'))
  EXECUTE FUNCTION participant_pitches();
CREATE TRIGGER participant_pitches_again AFTER INSERT ON participant FOR EACH ROW
  WHEN (NEW.firm IS NOT NULL) EXECUTE FUNCTION participant_pitches();

-- Blocks do not take a slot from a pitch that takes place.
CREATE OR REPLACE FUNCTION blocks_cut_slots() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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

-- Plans -------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION plan_moves() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- What comes into force counts on from what calendars know: as it was where an appointment stays where it is, else one
-- more, and two for one that had been taken out meanwhile, which calendars were told as well.
CREATE OR REPLACE FUNCTION plan_takes_effect() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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

-- What is told --------------------------------------------------------------------------------------------------

-- Pitches that somebody has been told of: those of the plan in force, and those that were taken out since, of which
-- calendars are told once more. The line-up is no secret to the investors who take part; a firm is told of its own pitch.
CREATE OR REPLACE VIEW told_pitch WITH (security_barrier) AS
  WITH asking AS MATERIALIZED (
    SELECT current_user <> 'bellwether_party' AS sees_all, own_investors() AS investors, own_firm() AS firm)
  SELECT DISTINCT ON (pitch.roadshow, pitch.firm) pitch.roadshow, pitch.place, pitch.firm, firm.name, firm.name_zh,
    pitch.live, pitch.plan, pitch.during,
    CASE WHEN plan.state = 'published' AND pitch.during IS NOT NULL THEN pitch.sequence
      ELSE max(pitch.sequence) OVER (PARTITION BY pitch.roadshow, pitch.firm) + 1 END AS sequence
  FROM plan_pitch AS pitch CROSS JOIN asking JOIN plan ON plan.roadshow = pitch.roadshow AND plan.number = pitch.plan
    JOIN firm ON firm.code = pitch.firm
  WHERE plan.state <> 'draft' AND (asking.sees_all OR pitch.firm = asking.firm
    OR plan.state = 'published' AND EXISTS (SELECT FROM participant AS own
      WHERE own.roadshow = pitch.roadshow AND own.investor = ANY (asking.investors)))
  ORDER BY pitch.roadshow, pitch.firm, (plan.state = 'published' AND pitch.during IS NOT NULL) DESC, pitch.during IS NOT NULL DESC,
    plan.published_at DESC, plan.number DESC;

DO $$ DECLARE
  definer text;
BEGIN
  FOREACH definer IN ARRAY '{firm_is_elsewhere(),plan_pitches_have_a_slot(),plan_pitch_may_live(),participant_pitches(),blocks_cut_slots(),plan_takes_effect()}'::text[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definer, current_schema());
  END LOOP;
END $$;
