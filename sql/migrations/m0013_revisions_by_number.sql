-- Only the lists of revisions are looked for by their number. Those of a run are read all at once or by investor, and
-- entering them here as well took a tenth of what publishing a run takes.
DROP INDEX ranking_revision;
CREATE INDEX ranking_revision ON ranking (run, revision) WHERE revision > 0;
