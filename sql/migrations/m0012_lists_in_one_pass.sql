-- Both rules of the lists in one pass over what was written. Counting lets the planner hash investors, where looking for the
-- first that is wrong went through their index 20,000 times.
CREATE OR REPLACE FUNCTION rankings_hold() RETURNS trigger LANGUAGE plpgsql AS $$
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
