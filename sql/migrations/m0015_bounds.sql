-- What a party can lengthen has a bound, and what is another's is looked up with the same work as what does not exist.

-- Bounds -----------------------------------------------------------------------------------------------------

-- A side asks so many questions in an introduction a day, and answers so often. What the desk asks in its own name is not
-- counted. A "no" is always possible: nothing comes after it.
CREATE FUNCTION introduction_bounds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER introduction_bounds BEFORE UPDATE ON introduction FOR EACH ROW
  WHEN (NEW.step <> OLD.step AND NEW.side IS NOT NULL AND NEW.action IN ('ask', 'accept', 'defer')) EXECUTE FUNCTION introduction_bounds();

-- A participant has so many wishes, so that a few cannot use up those of a roadshow.
CREATE FUNCTION wishes_of_one_bounded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER wish_of_one_limit AFTER INSERT ON wish REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION wishes_of_one_bounded();

-- Keys of a party are remembered for thirty days, and so are the replies to them.
CREATE FUNCTION idempotency_keys_bounded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM idempotency_key WHERE principal = NEW.principal) >= 5000 THEN
    PERFORM refuse('idempotency_key_limit',
      '5000 keys of this token are remembered, which is all there may be; send this without key=, or wait until the oldest are forgotten, 30 days after their use');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER idempotency_key_limit BEFORE INSERT ON idempotency_key FOR EACH ROW
  WHEN (current_user = 'bellwether_party') EXECUTE FUNCTION idempotency_keys_bounded();

-- What runs as the owner looks names up in this schema only.
DO $$ DECLARE
  definer text;
BEGIN
  FOREACH definer IN ARRAY '{introduction_bounds(),wishes_of_one_bounded()}'::text[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definer, current_schema());
  END LOOP;
END $$;

-- Look-ups ---------------------------------------------------------------------------------------------------

-- Each view below finds out first who asks, whether there is a row or not: what is another's would else take longer than
-- what does not exist.

CREATE OR REPLACE VIEW introduction_shown WITH (security_barrier) AS
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
      ORDER BY p.email IS NULL, p.code LIMIT 1) END AS firm_contact,
    i.kind, CASE WHEN asking.sees_all THEN i.stake END AS stake
  FROM introduction i CROSS JOIN asking,
    LATERAL (SELECT asking.sees_all OR i.investor = ANY (asking.investors) AS by_investor,
      asking.sees_all OR coalesce(i.firm = asking.firm, false) AS by_firm,
      i.investor_answer = 'yes' AND i.firm_answer = 'yes' AS is_mutual) AS asked,
    LATERAL (SELECT asked.by_investor OR asked.is_mutual AS investor, asked.by_firm OR asked.is_mutual AS firm) AS shown
  WHERE (SELECT asking.sees_all IS NOT NULL FROM asking)
    AND (asking.sees_all OR i.investor = ANY (asking.investors) OR i.firm = asking.firm);

-- The moves of introductions as the one who asks may see them, with their numbers, by which a long history is paged.
CREATE OR REPLACE VIEW introduction_history WITH (security_barrier) AS
  WITH asking AS MATERIALIZED (
    SELECT current_user <> 'bellwether_party' AS sees_all, own_investors() AS investors, own_firm() AS firm)
  SELECT e.introduction, e.sequence, e.at, e.action, e.state, e.side, e.until,
    CASE WHEN asking.sees_all THEN e.by END AS by,
    CASE WHEN asking.sees_all OR (e.side = 'firm') = coalesce(e.firm = asking.firm, false) THEN e.reason END AS reason,
    CASE WHEN asking.sees_all OR e.action = 'ask' OR (e.side = 'firm') = coalesce(e.firm = asking.firm, false) THEN e.note END AS note,
    e.step
  FROM introduction_event e CROSS JOIN asking
  WHERE (SELECT asking.sees_all IS NOT NULL FROM asking)
    AND (asking.sees_all OR e.investor = ANY (asking.investors) OR e.firm = asking.firm);

CREATE OR REPLACE VIEW meeting_shown WITH (security_barrier) AS
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
  WHERE (SELECT asks.sees_all IS NOT NULL FROM asks)
    AND (asks.sees_all AND (planned.plan IS NOT NULL OR m.state <> 'planned')
      OR planned.live AND (m.investor = ANY (asks.investors) OR m.firm = asks.firm));
