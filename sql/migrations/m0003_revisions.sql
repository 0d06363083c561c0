-- Lists follow single changes as revisions of a run, so each revision says what it was made from.

ALTER TABLE revision
  -- The registry that was scored: all that this snapshot sees, on this day.
  ADD COLUMN snapshot pg_snapshot,
  ADD COLUMN as_of date;
UPDATE revision SET snapshot = run.snapshot, as_of = run.as_of FROM run WHERE run.number = revision.run;
ALTER TABLE revision ALTER COLUMN snapshot SET NOT NULL, ALTER COLUMN as_of SET NOT NULL;

COMMENT ON COLUMN revision.superseded IS 'Its lists are no longer all kept.';

-- Foreign keys are checked row by row, which took as long as loading the lists. The same is said once a statement.
ALTER TABLE ranking DROP CONSTRAINT ranking_investor_fkey, DROP CONSTRAINT ranking_revision_fkey;

CREATE FUNCTION rankings_hold() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER ranking_added AFTER INSERT ON ranking REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION rankings_hold();
CREATE TRIGGER ranking_changed AFTER UPDATE ON ranking REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION rankings_hold();
