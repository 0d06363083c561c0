-- What a roadshow is planned from, and its plans: blocks, slots and tables; who takes part, when, and whom they wish to
-- meet; numbered plans with their pitches and meetings. Nobody can be in two places at one time, by psql neither.

DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS btree_gist;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION 'extension btree_gist is not there and may not be made by %; have an administrator run in this database: CREATE EXTENSION btree_gist',
    current_user USING ERRCODE = '42501';
END $$;

CREATE TYPE day_half AS ENUM ('morning', 'afternoon');
CREATE TYPE block_kind AS ENUM ('meetings', 'pitches');
CREATE TYPE participant_state AS ENUM ('enrolled', 'withdrawn', 'checked_in', 'late', 'no_show');
CREATE TYPE wish_kind AS ENUM ('must_meet', 'meet', 'no_thanks');
CREATE TYPE plan_state AS ENUM ('draft', 'published', 'superseded');
CREATE TYPE plan_proof AS ENUM ('optimal', 'feasible');
CREATE TYPE meeting_state AS ENUM ('planned', 'cancelled', 'met', 'no_show');

-- Time -----------------------------------------------------------------------------------------------------

-- The moment that a clock on the wall shows. With the offsets a day before and a day after there are two moments that it
-- may be; of a time that is skipped neither shows it, of one that comes twice both do.
CREATE FUNCTION instant_of(wall timestamp, zone text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
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

-- Whoever changes what a roadshow is planned from takes turns, so that what is counted stays counted.
CREATE FUNCTION hold_roadshow(show text) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('bellwether roadshow ' || show, 0))
$$;

-- Blocks, slots, tables ------------------------------------------------------------------------------------

CREATE TABLE roadshow_block (
  roadshow code NOT NULL CONSTRAINT roadshow_block_roadshow_fkey REFERENCES roadshow (code),
  number smallint NOT NULL CONSTRAINT roadshow_block_number_range CHECK (number BETWEEN 1 AND 100),
  kind block_kind NOT NULL DEFAULT 'meetings',
  -- By the clocks of the roadshow's time zone.
  starts_at timestamp(0) NOT NULL,
  ends_at timestamp(0) NOT NULL,
  slot_minutes smallint NOT NULL CONSTRAINT roadshow_block_slot_minutes_range CHECK (slot_minutes BETWEEN 5 AND 480),
  -- Between two slots.
  pause_minutes smallint NOT NULL DEFAULT 0
    CONSTRAINT roadshow_block_pause_minutes_range CHECK (pause_minutes BETWEEN 0 AND 240),
  half day_half NOT NULL,
  CONSTRAINT roadshow_block_pkey PRIMARY KEY (roadshow, number),
  CONSTRAINT roadshow_block_in_one_day CHECK (starts_at < ends_at AND starts_at::date = ends_at::date),
  CONSTRAINT roadshow_block_has_a_slot CHECK (ends_at <= starts_at OR ends_at - starts_at >= make_interval(mins => slot_minutes)),
  CONSTRAINT roadshow_block_overlap EXCLUDE USING gist (roadshow WITH =, tsrange(starts_at, ends_at) WITH &&));

-- Made from the blocks, in order of time over the whole roadshow. A number may become another slot's when blocks change;
-- what lasts names the time.
CREATE TABLE roadshow_slot (
  roadshow code NOT NULL,
  number smallint NOT NULL CONSTRAINT roadshow_slot_number_range CHECK (number BETWEEN 1 AND 200),
  block smallint NOT NULL,
  during tstzrange NOT NULL CONSTRAINT roadshow_slot_bounded CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
  CONSTRAINT roadshow_slot_pkey PRIMARY KEY (roadshow, number),
  CONSTRAINT roadshow_slot_block_fkey FOREIGN KEY (roadshow, block) REFERENCES roadshow_block (roadshow, number)
    DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT roadshow_slot_overlap EXCLUDE USING gist (roadshow WITH =, during WITH &&));

CREATE TABLE roadshow_table (
  roadshow code NOT NULL CONSTRAINT roadshow_table_roadshow_fkey REFERENCES roadshow (code),
  number smallint NOT NULL CONSTRAINT roadshow_table_number_range CHECK (number BETWEEN 1 AND 1000),
  name short_text,
  room short_text,
  out_of_order boolean NOT NULL DEFAULT false,
  CONSTRAINT roadshow_table_pkey PRIMARY KEY (roadshow, number));

-- Who takes part -------------------------------------------------------------------------------------------

CREATE TABLE participant (
  roadshow code NOT NULL CONSTRAINT participant_roadshow_fkey REFERENCES roadshow (code),
  party code NOT NULL,
  side introduction_side NOT NULL,
  investor code GENERATED ALWAYS AS (CASE side WHEN 'investor' THEN party END) STORED
    CONSTRAINT participant_investor_fkey REFERENCES investor (code),
  firm code GENERATED ALWAYS AS (CASE side WHEN 'firm' THEN party END) STORED
    CONSTRAINT participant_firm_fkey REFERENCES firm (code),
  -- Null for as many as there are slots.
  max_meetings smallint CONSTRAINT participant_max_meetings_range CHECK (max_meetings BETWEEN 1 AND 200),
  min_meetings smallint NOT NULL DEFAULT 1 CONSTRAINT participant_min_meetings_range CHECK (min_meetings BETWEEN 0 AND 200),
  prefers day_half,
  state participant_state NOT NULL DEFAULT 'enrolled',
  late_until timestamptz,
  CONSTRAINT participant_pkey PRIMARY KEY (roadshow, party),
  CONSTRAINT participant_investor_key UNIQUE (roadshow, investor),
  CONSTRAINT participant_firm_key UNIQUE (roadshow, firm),
  CONSTRAINT participant_meetings_in_order CHECK (min_meetings <= max_meetings),
  CONSTRAINT participant_late_until CHECK (late_until IS NULL OR state = 'late'));
CREATE INDEX participant_investor ON participant (investor);
CREATE INDEX participant_firm ON participant (firm);

-- The persons who come with it. A person sits with one delegation only.
CREATE TABLE participant_person (
  roadshow code NOT NULL,
  party code NOT NULL,
  person code NOT NULL CONSTRAINT participant_person_person_fkey REFERENCES person (code) ON DELETE CASCADE,
  CONSTRAINT participant_person_once PRIMARY KEY (roadshow, person),
  CONSTRAINT participant_person_party_fkey FOREIGN KEY (roadshow, party) REFERENCES participant (roadshow, party)
    ON DELETE CASCADE);
CREATE INDEX participant_person_party ON participant_person (roadshow, party);
CREATE INDEX participant_person_person ON participant_person (person);

-- When a participant is not there, as few stretches as say it.
CREATE TABLE participant_absence (
  roadshow code NOT NULL,
  party code NOT NULL,
  number smallint NOT NULL CONSTRAINT participant_absence_number_range CHECK (number BETWEEN 1 AND 100),
  during tstzrange NOT NULL
    CONSTRAINT participant_absence_bounded CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
  CONSTRAINT participant_absence_pkey PRIMARY KEY (roadshow, party, number),
  CONSTRAINT participant_absence_party_fkey FOREIGN KEY (roadshow, party) REFERENCES participant (roadshow, party)
    ON DELETE CASCADE,
  CONSTRAINT participant_absence_overlap EXCLUDE USING gist (roadshow WITH =, party WITH =, during WITH &&));

-- What one participant wishes of one of the other side.
CREATE TABLE wish (
  roadshow code NOT NULL,
  "from" code NOT NULL,
  "to" code NOT NULL,
  -- Of the one who wishes.
  side introduction_side NOT NULL,
  kind wish_kind NOT NULL,
  investor code GENERATED ALWAYS AS (CASE side WHEN 'investor' THEN "from" ELSE "to" END) STORED,
  firm code GENERATED ALWAYS AS (CASE side WHEN 'firm' THEN "from" ELSE "to" END) STORED,
  CONSTRAINT wish_pkey PRIMARY KEY (roadshow, "from", "to"),
  CONSTRAINT wish_investor_fkey FOREIGN KEY (roadshow, investor) REFERENCES participant (roadshow, investor),
  CONSTRAINT wish_firm_fkey FOREIGN KEY (roadshow, firm) REFERENCES participant (roadshow, firm));
CREATE INDEX wish_investor ON wish (roadshow, investor);
CREATE INDEX wish_firm ON wish (roadshow, firm);

-- A meeting that takes place, at a slot or a table where one is named, and after another one where that is.
CREATE TABLE pin (
  roadshow code NOT NULL,
  firm code NOT NULL,
  investor code NOT NULL,
  slot smallint,
  "table" smallint,
  after_firm code,
  after_investor code,
  CONSTRAINT pin_pkey PRIMARY KEY (roadshow, firm, investor),
  CONSTRAINT pin_firm_fkey FOREIGN KEY (roadshow, firm) REFERENCES participant (roadshow, firm),
  CONSTRAINT pin_investor_fkey FOREIGN KEY (roadshow, investor) REFERENCES participant (roadshow, investor),
  -- Slots are made anew when blocks change.
  CONSTRAINT pin_slot_fkey FOREIGN KEY (roadshow, slot) REFERENCES roadshow_slot (roadshow, number)
    DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT pin_table_fkey FOREIGN KEY (roadshow, "table") REFERENCES roadshow_table (roadshow, number),
  CONSTRAINT pin_after_firm_fkey FOREIGN KEY (roadshow, after_firm) REFERENCES participant (roadshow, firm),
  CONSTRAINT pin_after_investor_fkey FOREIGN KEY (roadshow, after_investor) REFERENCES participant (roadshow, investor),
  CONSTRAINT pin_after_both CHECK ((after_firm IS NULL) = (after_investor IS NULL)),
  -- Of a slot that is numbered anew two may have one number for a moment.
  CONSTRAINT pin_firm_twice UNIQUE (roadshow, firm, slot) DEFERRABLE,
  CONSTRAINT pin_investor_twice UNIQUE (roadshow, investor, slot) DEFERRABLE,
  CONSTRAINT pin_table_twice UNIQUE (roadshow, "table", slot) DEFERRABLE);

-- Plans ----------------------------------------------------------------------------------------------------

CREATE TABLE plan (
  roadshow code NOT NULL CONSTRAINT plan_roadshow_fkey REFERENCES roadshow (code),
  number integer NOT NULL CONSTRAINT plan_number_positive CHECK (number > 0),
  state plan_state NOT NULL DEFAULT 'draft',
  -- The plan that it was made from.
  base integer,
  seed bigint NOT NULL,
  -- Stretches without a meeting between two, of all participants together, and the fewest that a plan of the same meetings
  -- can have, as far as is proven; null where a plan says nothing of meetings.
  breaks integer CONSTRAINT plan_breaks_range CHECK (breaks >= 0),
  bound integer CONSTRAINT plan_bound_range CHECK (bound >= 0),
  proof plan_proof NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  -- When it came into force last.
  published_at timestamptz,
  parameters jsonb NOT NULL CONSTRAINT plan_parameters_form CHECK (jsonb_typeof(parameters) = 'object'),
  reason long_text,
  CONSTRAINT plan_pkey PRIMARY KEY (roadshow, number),
  CONSTRAINT plan_base_fkey FOREIGN KEY (roadshow, base) REFERENCES plan (roadshow, number),
  CONSTRAINT plan_published_at CHECK ((state = 'draft') = (published_at IS NULL)));
CREATE UNIQUE INDEX plan_one_published ON plan (roadshow) WHERE state = 'published';

CREATE TABLE plan_pitch (
  roadshow code NOT NULL,
  plan integer NOT NULL,
  place smallint NOT NULL CONSTRAINT plan_pitch_place_range CHECK (place BETWEEN 1 AND 1000),
  firm code NOT NULL CONSTRAINT plan_pitch_firm_fkey REFERENCES firm (code),
  CONSTRAINT plan_pitch_pkey PRIMARY KEY (roadshow, plan, place),
  CONSTRAINT plan_pitch_firm_once UNIQUE (roadshow, plan, firm),
  CONSTRAINT plan_pitch_plan_fkey FOREIGN KEY (roadshow, plan) REFERENCES plan (roadshow, number) ON DELETE CASCADE);
CREATE INDEX plan_pitch_firm ON plan_pitch (firm);

-- A firm and an investor who meet at a roadshow, under one number in every plan, and what came of it.
CREATE TABLE meeting (
  number bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT meeting_pkey PRIMARY KEY,
  roadshow code NOT NULL,
  firm code NOT NULL,
  investor code NOT NULL,
  state meeting_state NOT NULL DEFAULT 'planned',
  outcome long_text,
  CONSTRAINT meeting_pair_key UNIQUE (roadshow, firm, investor),
  CONSTRAINT meeting_whole_key UNIQUE (number, roadshow, firm, investor),
  CONSTRAINT meeting_firm_fkey FOREIGN KEY (roadshow, firm) REFERENCES participant (roadshow, firm),
  CONSTRAINT meeting_investor_fkey FOREIGN KEY (roadshow, investor) REFERENCES participant (roadshow, investor));

CREATE TABLE plan_meeting (
  roadshow code NOT NULL,
  plan integer NOT NULL,
  meeting bigint NOT NULL,
  firm code NOT NULL,
  investor code NOT NULL,
  -- As it was numbered when the plan was made; `during` lasts.
  slot smallint NOT NULL,
  "table" smallint NOT NULL,
  during tstzrange NOT NULL
    CONSTRAINT plan_meeting_bounded CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
  -- Whether it takes place: its plan is published and it is not cancelled.
  live boolean NOT NULL DEFAULT false,
  -- How often calendars had been told of it anew when it was in force last.
  sequence integer NOT NULL DEFAULT 0 CONSTRAINT plan_meeting_sequence_range CHECK (sequence >= 0),
  CONSTRAINT plan_meeting_pkey PRIMARY KEY (roadshow, plan, meeting),
  CONSTRAINT plan_meeting_plan_fkey FOREIGN KEY (roadshow, plan) REFERENCES plan (roadshow, number) ON DELETE CASCADE,
  CONSTRAINT plan_meeting_meeting_fkey FOREIGN KEY (meeting, roadshow, firm, investor)
    REFERENCES meeting (number, roadshow, firm, investor),
  CONSTRAINT plan_meeting_firm_twice EXCLUDE USING gist (roadshow WITH =, plan WITH =, firm WITH =, during WITH &&),
  CONSTRAINT plan_meeting_investor_twice EXCLUDE USING gist (roadshow WITH =, plan WITH =, investor WITH =, during WITH &&),
  CONSTRAINT plan_meeting_table_twice EXCLUDE USING gist (roadshow WITH =, plan WITH =, "table" WITH =, during WITH &&),
  -- Over all roadshows.
  CONSTRAINT plan_meeting_firm_elsewhere EXCLUDE USING gist (firm WITH =, during WITH &&) WHERE (live),
  CONSTRAINT plan_meeting_investor_elsewhere EXCLUDE USING gist (investor WITH =, during WITH &&) WHERE (live));
CREATE INDEX plan_meeting_meeting ON plan_meeting (meeting);
CREATE INDEX plan_meeting_firm ON plan_meeting (firm);
CREATE INDEX plan_meeting_investor ON plan_meeting (investor);

-- Blocks make slots ----------------------------------------------------------------------------------------

CREATE FUNCTION block_stands() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER roadshow_block_stands BEFORE INSERT OR UPDATE ON roadshow_block FOR EACH ROW EXECUTE FUNCTION block_stands();

-- Cuts the slots of a roadshow anew. What is held or published stays at its time, or the change is refused.
CREATE FUNCTION cut_slots(show text) RETURNS void LANGUAGE plpgsql AS $$
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

CREATE FUNCTION blocks_cut_slots() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM hold_roadshow(OLD.roadshow), cut_slots(OLD.roadshow); END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.roadshow <> OLD.roadshow THEN PERFORM cut_slots(NEW.roadshow); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER roadshow_block_cuts AFTER INSERT OR UPDATE OR DELETE ON roadshow_block
  FOR EACH ROW EXECUTE FUNCTION blocks_cut_slots();

-- What was entered in local time keeps its meaning.
CREATE FUNCTION roadshow_keeps_its_time() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER roadshow_keeps_its_time AFTER UPDATE ON roadshow FOR EACH ROW
  WHEN ((NEW.time_zone, NEW.starts_on, NEW.ends_on) IS DISTINCT FROM (OLD.time_zone, OLD.starts_on, OLD.ends_on))
  EXECUTE FUNCTION roadshow_keeps_its_time();

CREATE FUNCTION table_is_free() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF EXISTS (SELECT FROM plan_meeting WHERE roadshow = OLD.roadshow AND "table" = OLD.number AND live) THEN
    RAISE EXCEPTION 'meetings of the published plan sit at table %', OLD.number
      USING ERRCODE = '23514', CONSTRAINT = 'roadshow_table_in_use';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER roadshow_table_is_free BEFORE DELETE ON roadshow_table FOR EACH ROW EXECUTE FUNCTION table_is_free();

-- How many -------------------------------------------------------------------------------------------------

CREATE FUNCTION rows_of_a_roadshow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
END $$;
CREATE TRIGGER participant_limit AFTER INSERT ON participant REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION rows_of_a_roadshow(2000);
CREATE TRIGGER wish_limit AFTER INSERT ON wish REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION rows_of_a_roadshow(20000);
CREATE TRIGGER pin_limit AFTER INSERT ON pin REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION rows_of_a_roadshow(5000);

CREATE FUNCTION delegations_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER participant_person_added AFTER INSERT ON participant_person REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION delegations_hold();
CREATE TRIGGER participant_person_changed AFTER UPDATE ON participant_person REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION delegations_hold();

-- Who goes to another party leaves the delegation of the one before.
CREATE FUNCTION person_leaves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  DELETE FROM participant_person WHERE person = NEW.code;
  RETURN NULL;
END $$;
CREATE TRIGGER person_leaves AFTER UPDATE ON person FOR EACH ROW
  WHEN ((NEW."of", NEW.of_kind) IS DISTINCT FROM (OLD."of", OLD.of_kind)) EXECUTE FUNCTION person_leaves();

-- A meeting that comes after itself, by whatever way, never comes.
CREATE FUNCTION pins_have_an_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER pin_order AFTER INSERT OR UPDATE ON pin FOR EACH ROW WHEN (NEW.after_firm IS NOT NULL)
  EXECUTE FUNCTION pins_have_an_order();

-- Plans do not change ----------------------------------------------------------------------------------------

-- Of a plan only the state changes. It takes its meetings along: they are live while it is published.
CREATE FUNCTION plan_moves() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER plan_moves BEFORE UPDATE OR DELETE ON plan FOR EACH ROW EXECUTE FUNCTION plan_moves();
CREATE TRIGGER plan_rows_stay BEFORE TRUNCATE ON plan FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();

-- What comes into force counts on from what calendars know: as it was where a meeting stays where it is, else one more,
-- and two for one that had been taken out meanwhile, which calendars were told as well.
CREATE FUNCTION plan_takes_effect() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER plan_takes_effect AFTER UPDATE ON plan FOR EACH ROW WHEN (NEW.state <> OLD.state)
  EXECUTE FUNCTION plan_takes_effect();

CREATE FUNCTION meeting_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER meeting_moves BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_moves();
CREATE TRIGGER meeting_rows_stay BEFORE DELETE OR TRUNCATE ON meeting FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();

-- Rows of a plan come while it is a draft, and go only with it.
CREATE FUNCTION plan_rows_are_fixed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER plan_pitch_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON plan_pitch
  FOR EACH ROW EXECUTE FUNCTION plan_rows_are_fixed();
CREATE TRIGGER plan_meeting_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON plan_meeting
  FOR EACH ROW EXECUTE FUNCTION plan_rows_are_fixed();
CREATE TRIGGER plan_pitch_rows_stay BEFORE TRUNCATE ON plan_pitch FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();
CREATE TRIGGER plan_meeting_rows_stay BEFORE TRUNCATE ON plan_meeting FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();

-- A meeting is planned for a slot and a table that there are.
CREATE FUNCTION plan_meetings_have_a_place() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER plan_meeting_has_a_place AFTER INSERT ON plan_meeting REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION plan_meetings_have_a_place();

CREATE FUNCTION plan_meeting_may_live() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM plan WHERE roadshow = NEW.roadshow AND number = NEW.plan AND state = 'published') THEN
    RAISE EXCEPTION 'only meetings of a published plan take place'
      USING ERRCODE = '23514', CONSTRAINT = 'plan_meeting_live_is_published';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER plan_meeting_may_live AFTER INSERT OR UPDATE ON plan_meeting FOR EACH ROW WHEN (NEW.live)
  EXECUTE FUNCTION plan_meeting_may_live();

-- What runs as the owner looks names up in this schema only.
DO $$ DECLARE
  definer text;
BEGIN
  FOREACH definer IN ARRAY '{block_stands(),blocks_cut_slots(),roadshow_keeps_its_time(),table_is_free(),rows_of_a_roadshow(),delegations_hold(),person_leaves(),pins_have_an_order(),plan_takes_effect(),meeting_moves(),plan_rows_are_fixed(),plan_meetings_have_a_place(),plan_meeting_may_live()}'::text[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definer, current_schema());
  END LOOP;
END $$;

-- Whose it is ----------------------------------------------------------------------------------------------

-- A party sees where it is enrolled itself, what it said itself, and the meetings of its own that take place.
ALTER TABLE participant ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON participant USING ((SELECT current_user) <> 'bellwether_party'
  OR investor = ANY ((SELECT own_investors())::text[]) OR firm = (SELECT own_firm()));
ALTER TABLE participant_absence ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON participant_absence USING ((SELECT current_user) <> 'bellwether_party'
  OR (roadshow, party) IN (SELECT p.roadshow, p.party FROM participant AS p));
ALTER TABLE roadshow ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON roadshow USING ((SELECT current_user) <> 'bellwether_party'
  OR code IN (SELECT p.roadshow FROM participant AS p));
ALTER TABLE wish ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON wish USING ((SELECT current_user) <> 'bellwether_party'
  OR side = 'investor' AND "from" = ANY ((SELECT own_investors())::text[])
  OR side = 'firm' AND "from" = (SELECT own_firm()));
ALTER TABLE plan_meeting ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON plan_meeting USING ((SELECT current_user) <> 'bellwether_party'
  OR live AND (investor = ANY ((SELECT own_investors())::text[]) OR firm = (SELECT own_firm())));
ALTER TABLE meeting ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON meeting USING ((SELECT current_user) <> 'bellwether_party'
  OR number IN (SELECT m.meeting FROM plan_meeting AS m));

-- Meetings as they are now, with where and with whom; a party's are those of its own that take place.
CREATE VIEW meeting_shown WITH (security_barrier) AS
  WITH asks AS MATERIALIZED (
    SELECT current_user <> 'bellwether_party' AS sees_all, own_investors() AS investors, own_firm() AS firm)
  SELECT m.number, m.roadshow, m.firm, firm.name AS firm_name, m.investor, investor.name AS investor_name, m.state,
    planned.plan, planned.slot, planned.during, r.time_zone, planned."table", t.name AS table_name, t.room, planned.sequence,
    coalesce(planned.live, false) AS live, CASE WHEN asks.sees_all THEN m.outcome END AS outcome
  FROM asks, meeting AS m JOIN roadshow AS r ON r.code = m.roadshow JOIN firm ON firm.code = m.firm
    JOIN investor ON investor.code = m.investor
    LEFT JOIN (SELECT pm.* FROM plan_meeting AS pm
        JOIN plan ON plan.roadshow = pm.roadshow AND plan.number = pm.plan AND plan.state = 'published')
      AS planned ON planned.meeting = m.number
    LEFT JOIN roadshow_table AS t ON t.roadshow = planned.roadshow AND t.number = planned."table"
  WHERE asks.sees_all AND (planned.plan IS NOT NULL OR m.state <> 'planned')
    OR planned.live AND (m.investor = ANY (asks.investors) OR m.firm = asks.firm);

GRANT SELECT ON participant, roadshow, plan_meeting, meeting_shown TO bellwether_party;
GRANT SELECT, INSERT, DELETE ON participant_absence TO bellwether_party;
GRANT SELECT, INSERT, DELETE, UPDATE (kind) ON wish TO bellwether_party;
-- Without the outcome, which is the desk's.
GRANT SELECT (number, roadshow, firm, investor, state) ON meeting TO bellwether_party;

-- When slots are is known to whoever takes part.
ALTER TABLE roadshow_block ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON roadshow_block USING ((SELECT current_user) <> 'bellwether_party'
  OR roadshow IN (SELECT p.roadshow FROM participant AS p));
ALTER TABLE roadshow_slot ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON roadshow_slot USING ((SELECT current_user) <> 'bellwether_party'
  OR roadshow IN (SELECT p.roadshow FROM participant AS p));
GRANT SELECT ON roadshow_block, roadshow_slot TO bellwether_party;

-- What sheets tell ------------------------------------------------------------------------------------------

-- The plan that is in force, without what it was made with.
CREATE VIEW told_plan WITH (security_barrier) AS
  WITH asking AS MATERIALIZED (
    SELECT current_user <> 'bellwether_party' AS sees_all, own_investors() AS investors, own_firm() AS firm)
  SELECT plan.roadshow, plan.number, plan.published_at FROM plan CROSS JOIN asking
  WHERE plan.state = 'published' AND (asking.sees_all OR EXISTS (SELECT FROM participant AS p
    WHERE p.roadshow = plan.roadshow AND (p.investor = ANY (asking.investors) OR p.firm = asking.firm)));

-- Meetings that somebody has been told of: those of the plan in force, and those that were taken out since, of which
-- calendars are told once more. A party is told of its own.
CREATE VIEW told_meeting WITH (security_barrier) AS
  WITH asking AS MATERIALIZED (
    SELECT current_user <> 'bellwether_party' AS sees_all, own_investors() AS investors, own_firm() AS firm)
  SELECT DISTINCT ON (m.roadshow, m.meeting) m.roadshow, m.meeting AS number, m.firm, m.investor, m.during, s.number AS slot,
    m."table", t.name AS table_name, t.room, m.live,
    CASE WHEN plan.state = 'published' THEN m.sequence
      ELSE max(m.sequence) OVER (PARTITION BY m.roadshow, m.meeting) + 1 END AS sequence
  FROM plan_meeting AS m CROSS JOIN asking JOIN plan ON plan.roadshow = m.roadshow AND plan.number = m.plan
    LEFT JOIN roadshow_slot AS s ON s.roadshow = m.roadshow AND s.during = m.during
    LEFT JOIN roadshow_table AS t ON t.roadshow = m.roadshow AND t.number = m."table"
  WHERE plan.state <> 'draft' AND (asking.sees_all OR m.investor = ANY (asking.investors) OR m.firm = asking.firm)
  ORDER BY m.roadshow, m.meeting, plan.state = 'published' DESC, plan.published_at DESC, plan.number DESC;

-- Pitches likewise. The line-up is no secret to the investors who take part; a firm is told of its own pitch.
CREATE VIEW told_pitch WITH (security_barrier) AS
  WITH asking AS MATERIALIZED (
    SELECT current_user <> 'bellwether_party' AS sees_all, own_investors() AS investors, own_firm() AS firm)
  SELECT DISTINCT ON (pitch.roadshow, pitch.firm) pitch.roadshow, pitch.place, pitch.firm, firm.name, firm.name_zh,
    plan.state = 'published' AND coalesce(p.state <> 'withdrawn', true) AS live
  FROM plan_pitch AS pitch CROSS JOIN asking JOIN plan ON plan.roadshow = pitch.roadshow AND plan.number = pitch.plan
    JOIN firm ON firm.code = pitch.firm LEFT JOIN participant AS p ON p.roadshow = pitch.roadshow AND p.firm = pitch.firm
  WHERE plan.state <> 'draft' AND (asking.sees_all OR pitch.firm = asking.firm
    OR plan.state = 'published' AND EXISTS (SELECT FROM participant AS own
      WHERE own.roadshow = pitch.roadshow AND own.investor = ANY (asking.investors)))
  ORDER BY pitch.roadshow, pitch.firm, plan.state = 'published' DESC, plan.published_at DESC, plan.number DESC;

-- Who comes, by name: to a party itself, and those whom it has been told it meets.
CREATE VIEW told_delegation WITH (security_barrier) AS
  WITH asking AS MATERIALIZED (
    SELECT current_user <> 'bellwether_party' AS sees_all, own_investors() AS investors, own_firm() AS firm)
  SELECT p.roadshow, p.party, p.side, coalesce(firm.name, investor.name) AS name,
    coalesce(firm.name_zh, investor.name_zh) AS name_zh, came.persons, came.names, came.languages
  FROM participant AS p CROSS JOIN asking LEFT JOIN firm ON firm.code = p.firm LEFT JOIN investor ON investor.code = p.investor,
    LATERAL (SELECT coalesce(array_agg(person.code::text ORDER BY person.code), '{}') AS persons,
        coalesce(array_agg(person.name::text ORDER BY person.code), '{}') AS names,
        coalesce(array_agg(coalesce(person.language, '')::text ORDER BY person.code), '{}') AS languages
      FROM participant_person AS with_it JOIN person ON person.code = with_it.person
      WHERE with_it.roadshow = p.roadshow AND with_it.party = p.party) AS came
  WHERE asking.sees_all OR p.investor = ANY (asking.investors) OR p.firm = asking.firm
    -- Each looked up once, not for every participant.
    OR (p.roadshow, p.firm) IN (
      SELECT m.roadshow, m.firm FROM plan_meeting AS m JOIN plan ON plan.roadshow = m.roadshow AND plan.number = m.plan
      WHERE plan.state <> 'draft' AND m.investor = ANY ((SELECT investors FROM asking)::text[]))
    OR (p.roadshow, p.investor) IN (
      SELECT m.roadshow, m.investor FROM plan_meeting AS m JOIN plan ON plan.roadshow = m.roadshow AND plan.number = m.plan
      WHERE plan.state <> 'draft' AND m.firm = (SELECT firm FROM asking));
GRANT SELECT ON told_plan, told_meeting, told_pitch, told_delegation TO bellwether_party;
