-- The relay: what institutes have brought forth, the state's capital and its ledger, test grounds, diligence and
-- competitions. docs/RELAY.md tells it.
--
-- What a person may run into is refused here, for psql as for the daemon, and the message says it with the numbers.

CREATE TYPE review_kind AS ENUM ('expert', 'commercial', 'financial', 'legal');
CREATE TYPE review_verdict AS ENUM ('positive', 'conditional', 'negative');
CREATE TYPE tranche_kind AS ENUM ('buy', 'sell', 'write_off');
CREATE TYPE pilot_result AS ENUM ('passed', 'failed', 'abandoned');
CREATE TYPE relay_step AS ENUM ('stake', 'term_sheet', 'invested', 'handover');
CREATE TYPE decision_outcome AS ENUM ('approved', 'rejected', 'deferred');
CREATE TYPE ledger_account AS ENUM ('appropriation', 'cash', 'committed', 'stakes', 'result');
CREATE TYPE ledger_kind AS ENUM ('budget', 'commit', 'buy', 'sell', 'write_off', 'release');
CREATE TYPE introduction_kind AS ENUM ('investment', 'handover');

-- Refuses something by the name of a rule. The message goes to the one who asked.
CREATE FUNCTION refuse(rule text, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', message USING ERRCODE = '23514', CONSTRAINT = rule;
END $$;

-- Whether a firm works in one of these sectors or below it; in any, where none is named.
CREATE FUNCTION firm_is_in(firm_sectors text[], wanted text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
  WITH RECURSIVE above (code) AS (
    SELECT unnest(firm_sectors) COLLATE "C"
    UNION SELECT sector.parent FROM above JOIN sector ON sector.code = above.code WHERE sector.parent IS NOT NULL)
  SELECT coalesce(cardinality(wanted), 0) = 0 OR EXISTS (SELECT FROM above WHERE code = ANY (wanted))
$$;

-- Milestones and track records -----------------------------------------------------------------------------

-- What a firm or project had reached on a day.
CREATE TABLE milestone (
  project code CONSTRAINT milestone_project_fkey REFERENCES project (code),
  firm code CONSTRAINT milestone_firm_fkey REFERENCES firm (code),
  date date NOT NULL,
  stage stage,
  trl smallint CONSTRAINT milestone_trl_range CHECK (trl BETWEEN 1 AND 9),
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT milestone_key UNIQUE NULLS NOT DISTINCT (project, firm, date),
  CONSTRAINT milestone_of_one CHECK (num_nonnulls(project, firm) = 1),
  CONSTRAINT milestone_says_something CHECK (num_nonnulls(stage, trl) > 0),
  CONSTRAINT milestone_stage_of_firm CHECK (stage IS NULL OR firm IS NOT NULL));

CREATE INDEX milestone_firm ON milestone (firm, date);
CREATE INDEX firm_project ON firm (project) WHERE project IS NOT NULL;

CREATE FUNCTION milestone_is_reached() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.date > current_date THEN
    PERFORM refuse('milestone_is_reached', format('%s is yet to come; a milestone is what has been reached', NEW.date));
  END IF;
  NEW.changed_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER milestone_is_reached BEFORE INSERT OR UPDATE ON milestone FOR EACH ROW EXECUTE FUNCTION milestone_is_reached();

CREATE TABLE track_record (
  institute code CONSTRAINT track_record_pkey PRIMARY KEY
    CONSTRAINT track_record_institute_fkey REFERENCES institute (code),
  -- Firms that came from it, and those of them that have closed a round of equity.
  firms integer NOT NULL,
  funded integer NOT NULL,
  -- Levels of readiness that its projects and firms have risen, and the days that took them.
  steps integer NOT NULL,
  days integer NOT NULL,
  -- What it says for its young firms, in millionths.
  value integer NOT NULL CONSTRAINT track_record_value_range CHECK (value BETWEEN 0 AND 1000000));

-- Institutes are held until the end, so that two who change firms of one at a time count each other's.
CREATE FUNCTION refresh_track_records(institutes text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(cardinality(institutes), 0) = 0 THEN RETURN; END IF;
  PERFORM FROM institute WHERE code = ANY (institutes) ORDER BY code FOR NO KEY UPDATE;
  WITH of_firm AS (
    SELECT f.institute, count(*) AS firms,
      count(*) FILTER (WHERE EXISTS (SELECT FROM round r
        WHERE r.firm = f.code AND r.kind NOT IN ('grant', 'debt', 'other'))) AS funded
    FROM firm f WHERE f.institute = ANY (institutes) AND f.merged_into IS NULL GROUP BY f.institute),
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
    SELECT institute, sum(greatest(0, steps)) AS steps, sum(days) AS days FROM way GROUP BY institute),
  known AS (
    SELECT institute, coalesce(firms, 0) AS firms, coalesce(funded, 0) AS funded, coalesce(steps, 0) AS steps,
      coalesce(days, 0) AS days
    FROM of_firm FULL JOIN pace USING (institute)),
  valued AS (
    SELECT *, CASE WHEN days = 0 THEN share ELSE share * 7 / 10 + least(1000000, steps * 365000000 / days) * 3 / 10 END AS value
    FROM (SELECT *, (funded + 1) * 1000000 / (firms + 2) AS share FROM known) AS shared),
  written AS (
    INSERT INTO track_record AS t (institute, firms, funded, steps, days, value)
      SELECT institute, firms, funded, steps, days, value FROM valued ORDER BY institute
    ON CONFLICT ON CONSTRAINT track_record_pkey DO UPDATE
      SET firms = excluded.firms, funded = excluded.funded, steps = excluded.steps, days = excluded.days, value = excluded.value
      WHERE (t.firms, t.funded, t.steps, t.days)
        IS DISTINCT FROM (excluded.firms, excluded.funded, excluded.steps, excluded.days)
    RETURNING institute),
  -- Its young firms and its projects score differently now.
  touched AS (
    UPDATE project SET changed_xid = pg_current_xact_id()
      WHERE institute IN (SELECT institute FROM written) AND NOT retired AND changed_xid <> pg_current_xact_id())
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE institute IN (SELECT institute FROM written) AND stage <= 'seed' AND NOT retired
      AND changed_xid <> pg_current_xact_id();
END $$;

CREATE FUNCTION milestones_tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
-- Its plans may be made while there are no milestones yet, and must do for a hundred thousand in the same session.
ALTER FUNCTION milestones_tell() SET enable_seqscan = off;
CREATE TRIGGER milestone_added AFTER INSERT ON milestone REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION milestones_tell();
CREATE TRIGGER milestone_changed AFTER UPDATE ON milestone REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION milestones_tell();
CREATE TRIGGER milestone_rows_stay BEFORE DELETE OR TRUNCATE ON milestone FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();

-- What a row said before it is changed is its history's beginning; a row that was never changed needs none.
CREATE FUNCTION firms_reach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER firm_reaches AFTER UPDATE ON firm REFERENCING OLD TABLE AS was NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION firms_reach();

CREATE FUNCTION projects_reach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER project_reaches AFTER UPDATE ON project REFERENCING OLD TABLE AS was NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION projects_reach();

CREATE FUNCTION institutes_count() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER firm_counts AFTER INSERT ON firm REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION institutes_count();
CREATE TRIGGER round_counts AFTER INSERT ON round REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION institutes_count();
CREATE TRIGGER round_counts_anew AFTER UPDATE ON round REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION institutes_count();
CREATE TRIGGER round_counts_no_more AFTER DELETE ON round REFERENCING OLD TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION institutes_count();

-- Investors as they stood -----------------------------------------------------------------------------------

ALTER TABLE investor ADD COLUMN opened_on date;

-- What reports of past days are made from.
CREATE TABLE investor_standing (
  investor code NOT NULL CONSTRAINT investor_standing_investor_fkey REFERENCES investor (code),
  since date NOT NULL,
  risk risk_tolerance,
  retired boolean NOT NULL,
  budget_left amount,
  currency currency_code,
  CONSTRAINT investor_standing_pkey PRIMARY KEY (investor, since));
INSERT INTO investor_standing SELECT code, changed_at::date, risk, retired, budget_left, currency FROM investor;

CREATE FUNCTION investors_stand() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER investor_stands AFTER INSERT ON investor REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION investors_stand();
CREATE TRIGGER investor_stands_anew AFTER UPDATE ON investor REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION investors_stand();

-- Experts, reviews, committees ------------------------------------------------------------------------------

CREATE TABLE expert (
  code code CONSTRAINT expert_pkey PRIMARY KEY,
  name short_text NOT NULL,
  name_zh short_text,
  kinds review_kind[] NOT NULL CONSTRAINT expert_kinds_count CHECK (cardinality(kinds) > 0),
  sectors text[] CONSTRAINT expert_sectors_count CHECK (cardinality(sectors) <= 64),
  person code CONSTRAINT expert_person_fkey REFERENCES person (code) ON DELETE SET NULL,
  -- Codes of firms, institutes and investors that it is near to.
  conflicts text[] CONSTRAINT expert_conflicts_form CHECK (are_codes(conflicts)),
  -- Reviews that may be open with it at one time; unknown is 3.
  capacity smallint CONSTRAINT expert_capacity_range CHECK (capacity BETWEEN 0 AND 100),
  region short_text,
  city short_text,
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id());

-- Why an expert may not judge a firm on a day; null where nothing is known against it.
CREATE FUNCTION conflict_of(expert_code text, firm_code text, day date) RETURNS text LANGUAGE sql STABLE AS $$
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

CREATE TABLE review (
  code code CONSTRAINT review_pkey PRIMARY KEY,
  firm code NOT NULL CONSTRAINT review_firm_fkey REFERENCES firm (code),
  kind review_kind NOT NULL,
  expert code CONSTRAINT review_expert_fkey REFERENCES expert (code),
  asked_on date,
  date date,
  -- Open until there is one.
  verdict review_verdict,
  conditions long_text,
  expires_on date,
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT review_verdict_has_a_date CHECK ((verdict IS NULL) = (date IS NULL)),
  CONSTRAINT review_verdict_has_an_expert CHECK (verdict IS NULL OR expert IS NOT NULL),
  CONSTRAINT review_conditions_said CHECK (verdict <> 'conditional' OR conditions IS NOT NULL),
  CONSTRAINT review_expires_after_date CHECK (expires_on >= date));

CREATE INDEX review_firm ON review (firm);
CREATE INDEX review_open ON review (expert) WHERE verdict IS NULL AND NOT retired;

CREATE FUNCTION review_holds() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TABLE committee (
  code code CONSTRAINT committee_pkey PRIMARY KEY,
  name short_text NOT NULL,
  members text[] NOT NULL CONSTRAINT committee_members_count CHECK (cardinality(members) BETWEEN 1 AND 64
    AND array_position(members, NULL) IS NULL),
  -- Members who must vote, those recused not counted.
  quorum smallint NOT NULL CONSTRAINT committee_quorum_range CHECK (quorum BETWEEN 1 AND cardinality(members)),
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id());

-- An array of codes that are there and not null.
CREATE FUNCTION are_known_codes(codes text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT are_codes(codes) AND array_position(codes, NULL) IS NULL
$$;

CREATE FUNCTION members_exist() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TABLE decision (
  code code CONSTRAINT decision_pkey PRIMARY KEY,
  committee code NOT NULL CONSTRAINT decision_committee_fkey REFERENCES committee (code),
  firm code NOT NULL CONSTRAINT decision_firm_fkey REFERENCES firm (code),
  step relay_step NOT NULL,
  date date NOT NULL,
  outcome decision_outcome NOT NULL,
  in_favour text[] CONSTRAINT decision_in_favour_form CHECK (are_known_codes(in_favour)),
  against text[] CONSTRAINT decision_against_form CHECK (are_known_codes(against)),
  abstained text[] CONSTRAINT decision_abstained_form CHECK (are_known_codes(abstained)),
  recused text[] CONSTRAINT decision_recused_form CHECK (are_known_codes(recused)),
  conditions long_text,
  expires_on date CONSTRAINT decision_expires_after_date CHECK (expires_on >= date),
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id());

CREATE INDEX decision_firm ON decision (firm);

CREATE FUNCTION decision_holds() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- What the policy in force needs before a step and nothing fresh covers.
CREATE FUNCTION evidence_missing(firm_code text, at_step text, day date) RETURNS text[]
LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(kind ORDER BY place), '{}')
  FROM unnest('{expert,commercial,financial,legal,committee}'::text[]) WITH ORDINALITY AS needed (kind, place)
  WHERE (SELECT parameters ->> ('need_' || at_step || '_' || kind) FROM policy JOIN publication ON policy = number) = '1'
    AND NOT EXISTS (SELECT FROM review r WHERE r.firm = firm_code AND r.kind::text = needed.kind AND NOT r.retired
      AND r.verdict IN ('positive', 'conditional') AND r.date <= day AND r.expires_on >= day)
    AND NOT (needed.kind = 'committee' AND EXISTS (SELECT FROM decision d WHERE d.firm = firm_code
      AND d.step::text = at_step AND d.outcome = 'approved' AND d.date <= day AND d.expires_on >= day))
$$;

-- Refuses a step for want of evidence.
CREATE FUNCTION demand_evidence(rule text, firm_code text, at_step text, day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  missing text[] := evidence_missing(firm_code, at_step, day);
BEGIN
  IF cardinality(missing) > 0 THEN
    PERFORM refuse(rule, format('the policy needs fresh evidence before %s, and firm %s has none of kind %s', at_step,
      firm_code, array_to_string(missing, ', ')));
  END IF;
END $$;

-- State capital --------------------------------------------------------------------------------------------

CREATE TABLE programme (
  code code CONSTRAINT programme_pkey PRIMARY KEY,
  name short_text NOT NULL,
  name_zh short_text,
  fund code NOT NULL CONSTRAINT programme_fund_fkey REFERENCES investor (code),
  sectors text[] CONSTRAINT programme_sectors_count CHECK (cardinality(sectors) <= 64),
  currency currency_code NOT NULL,
  budget amount NOT NULL,
  -- Percent of the budget that may be lost before it buys no more.
  loss_tolerance smallint CONSTRAINT programme_loss_tolerance_range CHECK (loss_tolerance BETWEEN 0 AND 100),
  -- Percent of the budget that is for firms of its region.
  quota smallint CONSTRAINT programme_quota_range CHECK (quota BETWEEN 0 AND 100),
  region short_text,
  starts_on date,
  ends_on date,
  -- Months after which a stake may be handed over.
  hold_months smallint CONSTRAINT programme_hold_months_range CHECK (hold_months BETWEEN 0 AND 600),
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT programme_ends_after_start CHECK (ends_on >= starts_on),
  CONSTRAINT programme_quota_has_a_region CHECK (quota IS NULL OR region IS NOT NULL));

CREATE INDEX programme_fund ON programme (fund);

CREATE TABLE stake (
  code code CONSTRAINT stake_pkey PRIMARY KEY,
  programme code NOT NULL CONSTRAINT stake_programme_fkey REFERENCES programme (code),
  firm code NOT NULL CONSTRAINT stake_firm_fkey REFERENCES firm (code),
  -- Promised to the firm, in the currency of the programme.
  committed amount NOT NULL,
  agreed_on date NOT NULL,
  hold_until date CONSTRAINT stake_hold_until_after_agreed CHECK (hold_until >= agreed_on),
  -- Percent of the firm that is not sold.
  floor numeric(15, 6) CONSTRAINT stake_floor_range CHECK (floor BETWEEN 0 AND 100),
  -- The day after which nothing more is drawn; what is left of the commitment is given back.
  closed_on date CONSTRAINT stake_closed_after_agreed CHECK (closed_on >= agreed_on),
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id());

CREATE INDEX stake_programme ON stake (programme);
CREATE INDEX stake_firm ON stake (firm);

CREATE TABLE tranche (
  code code CONSTRAINT tranche_pkey PRIMARY KEY,
  stake code NOT NULL CONSTRAINT tranche_stake_fkey REFERENCES stake (code),
  kind tranche_kind NOT NULL,
  date date NOT NULL,
  -- Of the firm.
  percent numeric(15, 6) NOT NULL CONSTRAINT tranche_percent_range CHECK (percent > 0 AND percent <= 100),
  -- Paid or received.
  amount amount NOT NULL,
  buyer code CONSTRAINT tranche_buyer_fkey REFERENCES investor (code)
    CONSTRAINT tranche_buyer_of_sale CHECK (buyer IS NULL OR kind = 'sell'),
  introduction bigint CONSTRAINT tranche_introduction_fkey REFERENCES introduction (id)
    CONSTRAINT tranche_introduction_of_sale CHECK (introduction IS NULL OR kind = 'sell'),
  reason long_text NOT NULL,
  -- What was paid for what is sold or written off: its part of the cost of what was held.
  cost amount NOT NULL,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT tranche_amount_of_kind CHECK (CASE kind WHEN 'buy' THEN amount > 0 WHEN 'write_off' THEN amount = 0 ELSE true END));

CREATE INDEX tranche_stake ON tranche (stake, date);

-- Double entry: every entry's postings sum to zero, and an account's balance is the sum of its postings.
CREATE TABLE account (
  programme code NOT NULL CONSTRAINT account_programme_fkey REFERENCES programme (code),
  account ledger_account NOT NULL,
  balance bigint NOT NULL DEFAULT 0,
  CONSTRAINT account_pkey PRIMARY KEY (programme, account),
  CONSTRAINT account_is_covered CHECK (account IN ('appropriation', 'result') OR balance >= 0));

CREATE TABLE ledger_entry (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT ledger_entry_pkey PRIMARY KEY,
  date date NOT NULL,
  kind ledger_kind NOT NULL,
  programme code NOT NULL CONSTRAINT ledger_entry_programme_fkey REFERENCES programme (code),
  stake code CONSTRAINT ledger_entry_stake_fkey REFERENCES stake (code),
  tranche code CONSTRAINT ledger_entry_tranche_key UNIQUE CONSTRAINT ledger_entry_tranche_fkey REFERENCES tranche (code),
  at timestamptz NOT NULL DEFAULT now());

CREATE INDEX ledger_entry_programme ON ledger_entry (programme, date, id);

CREATE TABLE posting (
  entry bigint NOT NULL CONSTRAINT posting_entry_fkey REFERENCES ledger_entry (id),
  programme code NOT NULL,
  account ledger_account NOT NULL,
  amount bigint NOT NULL CONSTRAINT posting_is_not_zero CHECK (amount <> 0),
  CONSTRAINT posting_pkey PRIMARY KEY (entry, account),
  CONSTRAINT posting_account_fkey FOREIGN KEY (programme, account) REFERENCES account (programme, account));

CREATE INDEX posting_account ON posting (programme, account);

CREATE FUNCTION ledger_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is only added to' USING ERRCODE = '23514', CONSTRAINT = 'ledger_is_fixed';
END $$;
CREATE TRIGGER ledger_entry_is_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_fixed();
CREATE TRIGGER posting_is_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_fixed();
CREATE TRIGGER account_stays BEFORE DELETE OR TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_fixed();

CREATE FUNCTION account_follows_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Reached by way of a posting only.
  IF pg_trigger_depth() < 2 AND (TG_OP = 'UPDATE' OR NEW.balance <> 0) THEN
    PERFORM refuse('account_follows_postings', 'an account is changed by postings only');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER account_follows_postings BEFORE INSERT OR UPDATE ON account
  FOR EACH ROW EXECUTE FUNCTION account_follows_postings();

CREATE FUNCTION posting_counts() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION budget_is_of_the_books() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  books record;
BEGIN
  SELECT least(sum(a.balance), 1000000000000000) AS cash, count(DISTINCT p.currency) AS currencies INTO books
    FROM programme p JOIN account a ON a.programme = p.code AND a.account = 'cash'
    WHERE p.fund = NEW.code AND p.currency = coalesce(NEW.currency, p.currency);
  IF books.currencies = 1 THEN NEW.budget_left := books.cash; END IF;
  RETURN NEW;
END $$;
-- What a spreadsheet says of a fund's money is older than its books.
CREATE TRIGGER investor_budget_is_of_the_books BEFORE UPDATE ON investor FOR EACH ROW
  WHEN (NEW.budget_left IS DISTINCT FROM OLD.budget_left) EXECUTE FUNCTION budget_is_of_the_books();
CREATE TRIGGER posting_counts AFTER INSERT ON posting FOR EACH ROW EXECUTE FUNCTION posting_counts();

CREATE FUNCTION entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION entry_balances();
CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON posting DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION entry_balances();

-- Moves an amount of a programme from one account to others; what the others do not take is the result.
CREATE FUNCTION post(
  day date, of_kind ledger_kind, of_programme text, of_stake text, of_tranche text, postings jsonb) RETURNS void
LANGUAGE plpgsql AS $$
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

-- What a stake is: bought, sold and held.
CREATE VIEW stake_position AS
  SELECT s.code AS stake, s.programme, p.fund, s.firm, p.currency, s.committed, s.agreed_on,
    coalesce(s.hold_until, (s.agreed_on + make_interval(months => coalesce(p.hold_months, 0)))::date) AS hold_until,
    coalesce(s.floor, 0) AS floor, s.closed_on, t.drawn, t.bought, t.sold, t.written_off,
    t.bought - t.sold - t.written_off AS held, t.drawn - t.cost_gone AS cost, t.returned,
    t.cost_lost AS lost, t.first_bought, t.last_price_per_percent
  FROM stake s JOIN programme p ON p.code = s.programme, LATERAL (
    SELECT coalesce(sum(amount) FILTER (WHERE kind = 'buy'), 0)::bigint AS drawn,
      coalesce(sum(percent) FILTER (WHERE kind = 'buy'), 0) AS bought,
      coalesce(sum(percent) FILTER (WHERE kind = 'sell'), 0) AS sold,
      coalesce(sum(percent) FILTER (WHERE kind = 'write_off'), 0) AS written_off,
      coalesce(sum(amount) FILTER (WHERE kind = 'sell'), 0)::bigint AS returned,
      coalesce(sum(cost) FILTER (WHERE kind <> 'buy'), 0)::bigint AS cost_gone,
      coalesce(sum(greatest(0, cost - amount)) FILTER (WHERE kind <> 'buy'), 0)::bigint AS cost_lost,
      min(date) FILTER (WHERE kind = 'buy') AS first_bought,
      (SELECT latest.amount / latest.percent FROM tranche latest WHERE latest.stake = s.code AND latest.kind <> 'write_off'
        ORDER BY latest.date DESC, latest.changed_at DESC, latest.code DESC LIMIT 1) AS last_price_per_percent
    FROM tranche WHERE tranche.stake = s.code) AS t;

CREATE FUNCTION programme_holds() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION fund_stays_of_the_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind NOT IN ('state_fund', 'sub_fund') AND EXISTS (SELECT FROM programme WHERE fund = NEW.code) THEN
    PERFORM refuse('programme_fund_is_of_the_state', format('%s has programmes, and stays a state fund or sub-fund', NEW.code));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER investor_stays_of_the_state BEFORE UPDATE ON investor FOR EACH ROW WHEN (NEW.kind <> OLD.kind)
  EXECUTE FUNCTION fund_stays_of_the_state();

CREATE FUNCTION programme_appropriates() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- What a stake takes of its programme: what was promised; once it is closed, what was drawn.
CREATE FUNCTION bound(committed bigint, closed_on date, drawn bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN closed_on IS NULL THEN committed ELSE drawn END
$$;

-- Holds a programme until the end, and refuses what it may not spend on a firm.
CREATE FUNCTION programme_takes(of_programme text, of_firm text, more bigint, day date) RETURNS void LANGUAGE plpgsql AS $$
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

CREATE FUNCTION stake_holds() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION stake_commits() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION tranche_holds() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION tranche_posts() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- The measured effect of a programme on private money, and what firms that it holds show of it.
CREATE TABLE programme_effect (
  programme code CONSTRAINT programme_effect_pkey PRIMARY KEY
    CONSTRAINT programme_effect_programme_fkey REFERENCES programme (code),
  as_of date NOT NULL,
  value integer NOT NULL CONSTRAINT programme_effect_value_range CHECK (value BETWEEN 0 AND 1000000));

CREATE VIEW state_signal AS
  SELECT s.firm, max(e.value) AS value FROM stake_position s JOIN programme_effect e ON e.programme = s.programme
  WHERE s.held > 0 GROUP BY s.firm;

CREATE FUNCTION effects_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM written) THEN RETURN NULL; END IF;
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT stake.firm FROM stake WHERE stake.programme IN (SELECT programme FROM written))
      AND changed_xid <> pg_current_xact_id();
  RETURN NULL;
END $$;

-- Test grounds ---------------------------------------------------------------------------------------------

CREATE TABLE scenario (
  code code CONSTRAINT scenario_pkey PRIMARY KEY,
  name short_text NOT NULL,
  name_zh short_text,
  operator short_text,
  sectors text[] CONSTRAINT scenario_sectors_count CHECK (cardinality(sectors) <= 64),
  -- Readiness that a firm needs.
  trl smallint CONSTRAINT scenario_trl_range CHECK (trl BETWEEN 1 AND 9),
  -- Pilots at one time.
  capacity smallint NOT NULL CONSTRAINT scenario_capacity_range CHECK (capacity BETWEEN 1 AND 1000),
  opens_on date,
  closes_on date,
  region short_text,
  city short_text,
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT scenario_closes_after_opening CHECK (closes_on >= opens_on));

CREATE TABLE pilot (
  code code CONSTRAINT pilot_pkey PRIMARY KEY,
  scenario code NOT NULL CONSTRAINT pilot_scenario_fkey REFERENCES scenario (code),
  firm code NOT NULL CONSTRAINT pilot_firm_fkey REFERENCES firm (code),
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  -- Readiness that it proves if it passes.
  trl smallint CONSTRAINT pilot_trl_range CHECK (trl BETWEEN 1 AND 9),
  result pilot_result,
  result_on date,
  summary long_text,
  -- It does not take place.
  retired boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT pilot_ends_after_start CHECK (ends_on >= starts_on),
  CONSTRAINT pilot_result_has_a_day CHECK ((result IS NULL) = (result_on IS NULL)),
  CONSTRAINT pilot_result_after_start CHECK (result_on >= starts_on),
  CONSTRAINT pilot_once EXCLUDE USING gist (
    scenario WITH =, firm WITH =, daterange(starts_on, ends_on, '[]') WITH &&) WHERE (NOT retired));

CREATE INDEX pilot_firm ON pilot (firm);

CREATE FUNCTION pilot_holds() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- A test ground does not become smaller than what is booked.
CREATE FUNCTION scenario_holds() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER scenario_holds BEFORE UPDATE ON scenario FOR EACH ROW
  WHEN ((NEW.capacity, NEW.opens_on, NEW.closes_on) IS DISTINCT FROM (OLD.capacity, OLD.opens_on, OLD.closes_on))
  EXECUTE FUNCTION scenario_holds();

-- What was passed is what the firm has reached, and evidence.
CREATE FUNCTION pilot_proves() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- Competitions ---------------------------------------------------------------------------------------------

CREATE TABLE juror (
  roadshow code NOT NULL CONSTRAINT juror_roadshow_fkey REFERENCES roadshow (code),
  expert code NOT NULL CONSTRAINT juror_expert_fkey REFERENCES expert (code),
  -- Firms that it does not mark.
  recused_from text[] CONSTRAINT juror_recused_from_form CHECK (are_codes(recused_from)),
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT juror_pkey PRIMARY KEY (roadshow, expert));

CREATE TABLE criterion (
  roadshow code NOT NULL CONSTRAINT criterion_roadshow_fkey REFERENCES roadshow (code),
  name short_text NOT NULL,
  weight smallint NOT NULL CONSTRAINT criterion_weight_range CHECK (weight BETWEEN 1 AND 100),
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT criterion_pkey PRIMARY KEY (roadshow, name));

CREATE TABLE mark (
  roadshow code NOT NULL,
  expert code NOT NULL,
  firm code NOT NULL CONSTRAINT mark_firm_fkey REFERENCES firm (code),
  criterion short_text NOT NULL,
  points smallint NOT NULL CONSTRAINT mark_points_range CHECK (points BETWEEN 0 AND 100),
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT mark_pkey PRIMARY KEY (roadshow, expert, firm, criterion),
  CONSTRAINT mark_juror_fkey FOREIGN KEY (roadshow, expert) REFERENCES juror (roadshow, expert),
  CONSTRAINT mark_criterion_fkey FOREIGN KEY (roadshow, criterion) REFERENCES criterion (roadshow, name));

-- The result of a competition, once it is closed.
CREATE TABLE award (
  roadshow code NOT NULL CONSTRAINT award_roadshow_fkey REFERENCES roadshow (code),
  firm code NOT NULL CONSTRAINT award_firm_fkey REFERENCES firm (code),
  rank integer NOT NULL CONSTRAINT award_rank_range CHECK (rank > 0),
  -- Millionths of the most there could be: as given, and corrected for the severity of each juror.
  raw integer NOT NULL,
  points integer NOT NULL,
  date date NOT NULL,
  CONSTRAINT award_pkey PRIMARY KEY (roadshow, firm));

CREATE INDEX award_firm ON award (firm);
CREATE TRIGGER award_rows_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON award FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();

CREATE FUNCTION competition_holds() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION competition_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM award WHERE award.roadshow = NEW.code) THEN
    PERFORM refuse('competition_is_open', format('competition %s is closed; its result stands', NEW.code));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER roadshow_competition_stays BEFORE UPDATE ON roadshow FOR EACH ROW
  WHEN (NEW.kind IS DISTINCT FROM OLD.kind) EXECUTE FUNCTION competition_stays();

-- Evidence -------------------------------------------------------------------------------------------------

-- What speaks for a firm: from a day on and, where it goes stale, until another.
CREATE VIEW evidence AS
  SELECT firm, date, NULL::date AS until FROM round
  UNION ALL SELECT firm, result_on, NULL FROM pilot WHERE result = 'passed' AND NOT retired
  UNION ALL SELECT firm, date, expires_on FROM review WHERE verdict IN ('positive', 'conditional') AND NOT retired
  UNION ALL SELECT firm, date, date + 730 FROM award WHERE rank <= 3;

CREATE FUNCTION evidence_touches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM written) THEN RETURN NULL; END IF;
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE code IN (SELECT firm FROM written) AND changed_xid <> pg_current_xact_id();
  RETURN NULL;
END $$;

-- Introductions that hand a stake over ----------------------------------------------------------------------

ALTER TABLE introduction
  ADD COLUMN kind introduction_kind NOT NULL DEFAULT 'investment',
  ADD COLUMN stake code CONSTRAINT introduction_stake_fkey REFERENCES stake (code),
  ADD CONSTRAINT introduction_stake_of_handover CHECK ((kind = 'handover') = (stake IS NOT NULL));

CREATE FUNCTION introduction_has_evidence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM demand_evidence('introduction_evidence_missing', NEW.firm,
    CASE WHEN NEW.state = 'invested' AND NEW.kind = 'handover' THEN 'handover' ELSE NEW.state::text END, current_date);
  RETURN NEW;
END $$;
CREATE TRIGGER introduction_has_evidence BEFORE UPDATE ON introduction FOR EACH ROW
  WHEN (NEW.state <> OLD.state AND NEW.state IN ('term_sheet', 'invested')) EXECUTE FUNCTION introduction_has_evidence();

CREATE FUNCTION introduction_stake_fits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM stake_position s WHERE s.stake = NEW.stake AND s.firm = NEW.firm AND s.held > 0) THEN
    PERFORM refuse('introduction_stake_fits', format('stake %s holds nothing of firm %s', NEW.stake, NEW.firm));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER introduction_stake_fits BEFORE INSERT ON introduction FOR EACH ROW WHEN (NEW.stake IS NOT NULL)
  EXECUTE FUNCTION introduction_stake_fits();

-- As before, and of which kind they are; the stake is the desk's to know.
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
  WHERE asking.sees_all OR i.investor = ANY (asking.investors) OR i.firm = asking.firm;

-- Which trigger does what, in the order of their names where there are several -------------------------------

DO $$ DECLARE
  noun text;
BEGIN
  FOREACH noun IN ARRAY '{expert,review,committee,decision,programme,stake,tranche,scenario,pilot}'::text[] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_changes BEFORE UPDATE ON %1$I FOR EACH ROW EXECUTE FUNCTION row_changes()', noun);
    EXECUTE format('CREATE TRIGGER %1$s_rows_stay BEFORE DELETE OR TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()', noun);
  END LOOP;
  FOREACH noun IN ARRAY '{review,decision,programme,stake,tranche,pilot}'::text[] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_holds BEFORE INSERT OR UPDATE ON %1$I FOR EACH ROW EXECUTE FUNCTION %1$s_holds()', noun);
  END LOOP;
  FOREACH noun IN ARRAY '{expert,programme,scenario}'::text[] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_sectors_added AFTER INSERT ON %1$I REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION sectors_exist()', noun);
    EXECUTE format('CREATE TRIGGER %1$s_sectors_changed AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION sectors_exist()', noun);
  END LOOP;
  FOREACH noun IN ARRAY '{juror,criterion,mark}'::text[] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_holds BEFORE INSERT OR UPDATE ON %1$I FOR EACH ROW EXECUTE FUNCTION competition_holds()', noun);
    EXECUTE format('CREATE TRIGGER %1$s_rows_stay BEFORE DELETE OR TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()', noun);
  END LOOP;
  FOREACH noun IN ARRAY '{pilot,review,award}'::text[] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_evidence_added AFTER INSERT ON %1$I REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION evidence_touches()', noun);
    EXECUTE format('CREATE TRIGGER %1$s_evidence_changed AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION evidence_touches()', noun);
  END LOOP;
END $$;
CREATE TRIGGER committee_members_exist BEFORE INSERT OR UPDATE ON committee FOR EACH ROW EXECUTE FUNCTION members_exist();
CREATE TRIGGER programme_appropriates AFTER INSERT OR UPDATE OF budget ON programme
  FOR EACH ROW EXECUTE FUNCTION programme_appropriates();
CREATE TRIGGER stake_commits AFTER INSERT OR UPDATE ON stake FOR EACH ROW EXECUTE FUNCTION stake_commits();
CREATE TRIGGER tranche_posts AFTER INSERT ON tranche FOR EACH ROW EXECUTE FUNCTION tranche_posts();
CREATE TRIGGER pilot_proves AFTER INSERT OR UPDATE ON pilot FOR EACH ROW EXECUTE FUNCTION pilot_proves();
CREATE TRIGGER programme_effect_added AFTER INSERT ON programme_effect REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION effects_touch();
CREATE TRIGGER programme_effect_changed AFTER UPDATE ON programme_effect REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION effects_touch();

-- What runs as the owner looks names up in this schema only.
DO $$ DECLARE
  definer text;
BEGIN
  FOREACH definer IN ARRAY '{milestones_tell(),firms_reach(),projects_reach(),institutes_count(),investors_stand(),budget_is_of_the_books(),introduction_has_evidence(),introduction_stake_fits()}'::text[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definer, current_schema());
  END LOOP;
END $$;
