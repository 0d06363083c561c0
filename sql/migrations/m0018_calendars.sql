-- Calendars follow an appointment by its UID, and take a change for new only with a higher SEQUENCE.

-- The part of every UID behind the @. Set once, when a daemon first opens the database, and never changed: with another one
-- all calendars would show every appointment twice.
ALTER TABLE publication ADD COLUMN uid_domain text
  CONSTRAINT publication_uid_domain_form CHECK (uid_domain ~ '^[A-Za-z0-9.-]{1,253}$');
CREATE FUNCTION uid_domain_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'calendars know appointments by this domain' USING ERRCODE = '23514', CONSTRAINT = 'publication_uid_domain_stays';
END $$;
CREATE TRIGGER publication_uid_domain_stays BEFORE UPDATE OF uid_domain ON publication FOR EACH ROW
  WHEN (OLD.uid_domain IS NOT NULL AND NEW.uid_domain IS DISTINCT FROM OLD.uid_domain) EXECUTE FUNCTION uid_domain_stays();

-- Raises the sequence of appointments that stand and are not over.
-- Null is any: roadshow, table, firm or investor.
CREATE FUNCTION tell_anew(show text, at_table integer, party text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
  UPDATE plan_meeting AS m SET sequence = m.sequence + 1 FROM plan
    WHERE plan.roadshow = m.roadshow AND plan.number = m.plan AND plan.state = 'published' AND m.live AND upper(m.during) > now()
      AND (show IS NULL OR m.roadshow = show) AND (at_table IS NULL OR m."table" = at_table)
      AND (party IS NULL OR m.firm = party OR m.investor = party);
  UPDATE plan_pitch AS p SET sequence = p.sequence + 1 FROM plan
    WHERE plan.roadshow = p.roadshow AND plan.number = p.plan AND plan.state = 'published' AND p.live AND upper(p.during) > now()
      AND (show IS NULL OR p.roadshow = show) AND at_table IS NULL AND (party IS NULL OR p.firm = party);
$$;

CREATE FUNCTION appointments_are_told_anew() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
CREATE TRIGGER roadshow_is_told_anew AFTER UPDATE OF name, name_zh, city, venue ON roadshow FOR EACH ROW
  WHEN ((NEW.name, NEW.name_zh, NEW.city, NEW.venue) IS DISTINCT FROM (OLD.name, OLD.name_zh, OLD.city, OLD.venue))
  EXECUTE FUNCTION appointments_are_told_anew();
CREATE TRIGGER roadshow_table_is_told_anew AFTER UPDATE OF name, room ON roadshow_table FOR EACH ROW
  WHEN ((NEW.name, NEW.room) IS DISTINCT FROM (OLD.name, OLD.room)) EXECUTE FUNCTION appointments_are_told_anew();
CREATE TRIGGER firm_is_told_anew AFTER UPDATE OF name, name_zh ON firm FOR EACH ROW
  WHEN ((NEW.name, NEW.name_zh) IS DISTINCT FROM (OLD.name, OLD.name_zh)) EXECUTE FUNCTION appointments_are_told_anew();
CREATE TRIGGER investor_is_told_anew AFTER UPDATE OF name, name_zh ON investor FOR EACH ROW
  WHEN ((NEW.name, NEW.name_zh) IS DISTINCT FROM (OLD.name, OLD.name_zh)) EXECUTE FUNCTION appointments_are_told_anew();
CREATE TRIGGER person_is_told_anew AFTER UPDATE OF name ON person FOR EACH ROW
  WHEN (NEW.name IS DISTINCT FROM OLD.name) EXECUTE FUNCTION appointments_are_told_anew();
CREATE TRIGGER delegation_is_told_anew AFTER INSERT OR DELETE ON participant_person FOR EACH ROW
  EXECUTE FUNCTION appointments_are_told_anew();

DO $$ DECLARE
  definer text;
BEGIN
  FOREACH definer IN ARRAY ARRAY['tell_anew(text, integer, text)', 'appointments_are_told_anew()'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definer, current_schema());
  END LOOP;
END $$;
