-- Institutes' track records do not follow noise: see docs/decisions/0012-track-records-are-steady.md.

ALTER TABLE track_record
  -- Its firms and projects, and those of them whose readiness is known on two days at least.
  ADD COLUMN candidates integer NOT NULL DEFAULT 0,
  ADD COLUMN tracked integer NOT NULL DEFAULT 0;

-- Institutes are held until the end, so that two who change firms of one at a time count each other's.
CREATE OR REPLACE FUNCTION refresh_track_records(institutes text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(cardinality(institutes), 0) = 0 THEN RETURN; END IF;
  PERFORM FROM institute WHERE code = ANY (institutes) ORDER BY code FOR NO KEY UPDATE;
  WITH of_firm AS (
    SELECT f.institute, count(*) AS firms,
      count(*) FILTER (WHERE EXISTS (SELECT FROM round r
        WHERE r.firm = f.code AND r.kind NOT IN ('grant', 'debt', 'other'))) AS funded
    FROM firm f WHERE f.institute = ANY (institutes) AND f.merged_into IS NULL GROUP BY f.institute),
  of_project AS (
    SELECT p.institute, count(*) AS projects FROM project p
    WHERE p.institute = ANY (institutes)
      AND NOT EXISTS (SELECT FROM firm f WHERE f.project = p.code AND f.institute = p.institute)
    GROUP BY p.institute),
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
    SELECT institute, sum(greatest(0, steps)) AS steps, sum(days) AS days, count(*) FILTER (WHERE days > 0) AS tracked
    FROM way GROUP BY institute),
  known AS (
    SELECT institute, coalesce(firms, 0) AS firms, coalesce(funded, 0) AS funded, coalesce(steps, 0) AS steps,
      coalesce(days, 0) AS days, coalesce(firms, 0) + coalesce(projects, 0) AS candidates,
      -- A firm that was merged into another has no part in the first, and what it reached is told all the same.
      least(coalesce(tracked, 0), coalesce(firms, 0) + coalesce(projects, 0)) AS tracked
    FROM of_firm FULL JOIN pace USING (institute) LEFT JOIN of_project USING (institute)),
  weighed AS (
    SELECT *, (funded + 1) * 1000000 / (firms + 2) AS share,
      least(1000000, coalesce(steps * 365000000 / nullif(days, 0), 0)) AS pace,
      coalesce(tracked * 300000 / nullif(candidates, 0), 0) AS weight
    FROM known),
  valued AS (
    SELECT institute, firms, funded, steps, days, candidates, tracked,
      -- To the nearest twentieth.
      ((share * (1000000 - weight) + pace * weight) / 1000000 + 25000) / 50000 * 50000 AS value
    FROM weighed),
  -- As it was before this statement.
  moved AS (
    SELECT institute FROM unnest(institutes) AS named (institute)
      LEFT JOIN track_record t USING (institute) LEFT JOIN valued USING (institute)
    WHERE t.value IS DISTINCT FROM valued.value),
  ended AS (
    DELETE FROM track_record WHERE institute = ANY (institutes) AND institute NOT IN (SELECT institute FROM valued)),
  written AS (
    INSERT INTO track_record AS t (institute, firms, funded, steps, days, candidates, tracked, value)
      SELECT institute, firms, funded, steps, days, candidates, tracked, value FROM valued ORDER BY institute
    ON CONFLICT ON CONSTRAINT track_record_pkey DO UPDATE
      SET firms = excluded.firms, funded = excluded.funded, steps = excluded.steps, days = excluded.days,
        candidates = excluded.candidates, tracked = excluded.tracked, value = excluded.value
      WHERE (t.firms, t.funded, t.steps, t.days, t.candidates, t.tracked, t.value) IS DISTINCT FROM (excluded.firms,
        excluded.funded, excluded.steps, excluded.days, excluded.candidates, excluded.tracked, excluded.value)),
  -- Its young firms and its projects score differently now.
  touched AS (
    UPDATE project SET changed_xid = pg_current_xact_id()
      WHERE institute IN (SELECT institute FROM moved) AND NOT retired AND changed_xid <> pg_current_xact_id())
  UPDATE firm SET changed_xid = pg_current_xact_id()
    WHERE institute IN (SELECT institute FROM moved) AND stage <= 'seed' AND NOT retired
      AND changed_xid <> pg_current_xact_id();
END $$;

SELECT refresh_track_records(array_agg(code)) FROM institute;
