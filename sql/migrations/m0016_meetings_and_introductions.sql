-- Who met at a roadshow without an introduction gets one, which begins in state `met` by this action.
ALTER TYPE introduction_action ADD VALUE 'meet' BEFORE 'correct';

-- The side that did not come to a meeting. Outcomes are exported with it, whether the two have an introduction or not.
ALTER TABLE meeting ADD COLUMN absentee introduction_side,
  ADD CONSTRAINT meeting_absentee CHECK (absentee IS NULL OR state = 'no_show');
