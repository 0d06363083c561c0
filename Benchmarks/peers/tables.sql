-- What the peers score from, made once from the registry and outside every timing: candidates and positions with
-- dense numbers, what depends on a candidate alone, and what depends on one of the compared mandates alone.
-- Places, asks and lists of sectors stand once each, so that a peer judges them once for each mandate and not once
-- for each candidate. The rules are those of docs/SCORING.md. Names after a dollar sign are parameters of the policy.
SET work_mem = '256MB';
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;

-- The order of numbers is the order in which equal scores stand.
CREATE TABLE peer.row AS
SELECT (row_number() OVER (ORDER BY code COLLATE "C", kind) - 1)::int AS number,
  (dense_rank() OVER (ORDER BY sectors) - 1)::int AS list,
  (dense_rank() OVER (ORDER BY amount, currency) - 1)::int AS ask,
  (dense_rank() OVER (ORDER BY country, region, city) - 1)::int AS place, *
FROM (
  SELECT code::text, 0 AS kind, sectors, array_position(enum_range(NULL::stage), stage) AS stage, trl,
    coalesce(substr(risk::text, 2)::int, 0) AS risk, lower(country) AS country, lower(region) AS region,
    lower(city) AS city, ask::bigint AS amount, coalesce(currency::text, '-') AS currency, retired
  FROM firm
  UNION ALL
  SELECT code::text, 1, sectors, 1, trl, 0, NULL, lower(region), NULL, ask::bigint, coalesce(currency::text, '-'),
    retired
  FROM project) AS candidate;
CREATE UNIQUE INDEX ON peer.row (code, kind);
ANALYZE peer.row;

CREATE TABLE peer.investor AS
SELECT (row_number() OVER (ORDER BY code COLLATE "C") - 1)::int AS number, code::text FROM investor;

-- Several purchases of one firm are one position.
CREATE TABLE peer.position AS
SELECT i.number AS investor, r.number AS firm, bool_or(h.exited_on IS NULL OR h.exited_on > current_date) AS held
FROM holding h JOIN peer.investor i ON i.code = h.investor::text JOIN peer.row r ON r.code = h.firm::text AND r.kind = 0
GROUP BY i.number, r.number ORDER BY i.number, r.number;
CREATE INDEX ON peer.position (investor, firm) INCLUDE (held);
CREATE INDEX ON peer.position (firm) INCLUDE (investor);

-- Sectors and how near they are to each other.
CREATE TABLE peer.sector AS
WITH RECURSIVE tree AS (
  SELECT code::text, ARRAY[code::text] AS path FROM sector WHERE parent IS NULL
  UNION ALL
  SELECT s.code::text, path || s.code::text FROM sector s JOIN tree ON tree.code = s.parent::text)
SELECT (row_number() OVER (ORDER BY code COLLATE "C") - 1)::int AS number, code, path FROM tree;
CREATE TABLE peer.nearness AS
SELECT a.number AS sector, b.number AS wanted,
  CASE WHEN b.code = ANY (a.path) THEN 1000000 ELSE
    (SELECT count(*) FROM generate_subscripts(a.path, 1) AS depth WHERE a.path[depth] = b.path[depth])
      * 2000000 / (cardinality(a.path) + cardinality(b.path)) END AS millionths
FROM peer.sector a, peer.sector b;
CREATE INDEX ON peer.nearness (wanted);

-- Lists of sectors; a share is what a sector counts at its place in the list.
CREATE TABLE peer.member AS
SELECT l.list, s.number AS sector, top.number AS top,
  CASE position WHEN 1 THEN 1000000 ELSE $sector_secondary END::bigint AS share
FROM (SELECT DISTINCT list, sectors FROM peer.row) AS l, unnest(l.sectors) WITH ORDINALITY AS member (code, position)
  JOIN peer.sector s USING (code), peer.sector first, peer.sector top
WHERE first.code = l.sectors[1] AND top.code = first.path[1];
CREATE TABLE peer.place AS SELECT DISTINCT place, country, region, city FROM peer.row;
CREATE TABLE peer.ask AS SELECT DISTINCT ask, amount, currency FROM peer.row;

CREATE TABLE peer.candidate AS
SELECT r.number, r.code, (r.stage - 1) * 6 + r.risk AS profile, r.list, r.ask, r.place,
  ($readiness_weight::bigint * (
    (CASE WHEN r.trl IS NULL THEN $readiness_prior
      ELSE (ARRAY[$readiness_gap_0, $readiness_gap_1, $readiness_gap_2, $readiness_gap_3])
        [1 + least(3, greatest(0, norm[r.stage] - r.trl))] END::bigint * (1000000 - $readiness_evidence)
    + greatest(CASE coalesce(rounds, 0) WHEN 0 THEN $evidence_0 WHEN 1 THEN $evidence_1 ELSE $evidence_2 END::bigint,
        CASE WHEN r.stage <= 3 THEN record.value::bigint * $readiness_record / 1000000 END)
      * $readiness_evidence) / 1000000) / 1000000)::int AS readiness,
  coalesce(holders, 0) AS holders, r.retired
FROM peer.row r
  CROSS JOIN (SELECT ARRAY[$trl_pre_seed, $trl_angel, $trl_seed, $trl_series_a, $trl_series_b, $trl_series_c,
    $trl_later, $trl_later, $trl_later, $trl_later] AS norm) AS norms
  LEFT JOIN (
    SELECT firm::text AS code, 0 AS kind, count(*) AS rounds FROM round WHERE date <= current_date GROUP BY firm)
    AS evidence USING (code, kind)
  LEFT JOIN (
    SELECT code::text, 0 AS kind, institute FROM firm UNION ALL SELECT code::text, 1, institute FROM project)
    AS origin USING (code, kind)
  LEFT JOIN track_record AS record ON record.institute = origin.institute
  LEFT JOIN (SELECT firm AS number, count(*)::int AS holders FROM peer.position GROUP BY firm) AS history
    ON history.number = r.number
ORDER BY r.number;

-- The mandates that are compared.
CREATE TABLE peer.mandate AS
SELECT n.number, n.code, i.stages, i.sectors, i.excluded_sectors, i.excluded_firms, lower(i.country) AS home,
  coalesce(i.local_quota, 0)::int AS quota, substr(i.risk::text, 2)::int AS tolerance,
  coalesce(i.risk_veto, 1)::int AS risk_veto, lower(i.ticket) AS smallest, upper(i.ticket) - 1 AS largest,
  coalesce(i.currency::text, '-') AS currency, i.regions, i.concentration_cap AS cap,
  coalesce(cardinality(i.regions), 0) > 0 AS has_regions,
  i.country IS NOT NULL OR EXISTS (
    SELECT FROM unnest(i.regions) AS word JOIN (
      SELECT country FROM peer.row UNION SELECT lower(country) FROM investor) AS known ON known.country = lower(word))
    AS knows_country,
  EXISTS (SELECT FROM peer.position p WHERE p.investor = n.number) AS has_history,
  i.retired OR coalesce(i.budget_left = 0 OR i.budget_left < lower(i.ticket), false) AS idle
FROM investor i JOIN peer.investor n ON n.code = i.code::text
WHERE n.number IN ($sample);

-- What a stage and a risk come to together; a veto has no row.
CREATE TABLE peer.mandate_profile AS
SELECT m.number AS mandate, (stage - 1) * 6 + risk AS profile,
  ($stage_weight::bigint * coalesce((
      SELECT max((ARRAY[$stage_distance_0, $stage_distance_1, $stage_distance_2, $stage_distance_3])
        [1 + least(3, abs(array_position(enum_range(NULL::stage), wanted) - stage))])
      FROM unnest(m.stages) AS wanted), $stage_prior) / 1000000
  + $risk_weight::bigint * CASE
    WHEN risk = 0 OR tolerance IS NULL THEN $risk_prior
    WHEN risk > tolerance THEN greatest(0, $risk_under_0 - (risk - tolerance) * $risk_over_cost)
    ELSE (ARRAY[$risk_under_0, $risk_under_1, $risk_under_2, $risk_under_3, $risk_under_4])[tolerance - risk + 1]
    END / 1000000)::int AS points
FROM peer.mandate m, generate_series(1, 10) AS stage, generate_series(0, 5) AS risk
WHERE risk = 0 OR tolerance IS NULL OR risk - tolerance < risk_veto;

CREATE TABLE peer.mandate_sector AS
SELECT m.number AS mandate, s.number AS wanted, (weight.value::numeric * 1000000)::bigint AS millionths
FROM peer.mandate m, jsonb_each_text(m.sectors) AS weight JOIN peer.sector s ON s.code = weight.key;
CREATE TABLE peer.mandate_excluded_sector AS
SELECT m.number AS mandate, s.number AS wanted
FROM peer.mandate m, unnest(m.excluded_sectors) AS code JOIN peer.sector s USING (code);
CREATE TABLE peer.mandate_excluded_firm AS
SELECT m.number AS mandate, r.number AS firm
FROM peer.mandate m, unnest(m.excluded_firms) AS code JOIN peer.row r USING (code) WHERE r.kind = 0;
CREATE TABLE peer.mandate_region AS
SELECT DISTINCT m.number AS mandate, lower(word) AS word FROM peer.mandate m, unnest(m.regions) AS word;

-- Top-level sectors in which one firm more would be too much.
CREATE TABLE peer.mandate_full_sector AS
SELECT mandate, top.number AS top
FROM (
  SELECT m.number AS mandate, m.cap, array_agg(s.path[1]) AS tops
  FROM peer.mandate m JOIN peer.position p ON p.investor = m.number AND p.held
    JOIN peer.row r ON r.number = p.firm JOIN peer.sector s ON s.code = r.sectors[1]
  WHERE m.cap IS NOT NULL GROUP BY m.number, m.cap HAVING count(*) >= $concentration_from) AS book
  JOIN peer.sector top ON cardinality(top.path) = 1
WHERE (cardinality(array_positions(tops, top.code)) + 1) * 100 > (cardinality(tops) + 1) * cap;

-- The ticket in each currency in which somebody asks; none where it cannot be known.
CREATE TABLE peer.mandate_ticket AS
WITH given AS (
  SELECT DISTINCT ON ("from", "to") "from"::text AS source, "to"::text AS target, rate * 1000000 AS rate, date
  FROM rate WHERE date <= current_date ORDER BY "from", "to", date DESC),
leg AS (
  SELECT DISTINCT ON (source, target) * FROM (
    SELECT source, target, rate AS numerator, 1000000::numeric AS denominator, date, 0 AS turned FROM given
    UNION ALL SELECT target, source, 1000000, rate, date, 1 FROM given) AS both_ways
  ORDER BY source, target, date DESC, turned),
way AS (
  SELECT currency AS source, currency AS target, 1::numeric AS numerator, 1::numeric AS denominator, NULL::date AS date,
    NULL AS through, 0 AS legs
  FROM (SELECT currency FROM peer.ask UNION SELECT currency FROM peer.mandate) AS currencies
  UNION ALL SELECT source, target, numerator, denominator, date, NULL, 1 FROM leg
  UNION ALL
  SELECT a.source, b.target, a.numerator * b.numerator, a.denominator * b.denominator, least(a.date, b.date),
    a.target, 2
  FROM leg a JOIN leg b ON b.source = a.target),
rate AS (
  SELECT DISTINCT ON (source, target) * FROM way ORDER BY source, target, legs, date DESC, through COLLATE "C")
SELECT m.number AS mandate, target AS currency,
  div(smallest * numerator * 2 + denominator, denominator * 2)::bigint AS smallest,
  div(largest * numerator * 2 + denominator, denominator * 2)::bigint AS largest
FROM peer.mandate m JOIN rate ON rate.source = m.currency
WHERE smallest IS NOT NULL OR largest IS NOT NULL;

ALTER TABLE peer.mandate DROP COLUMN stages, DROP COLUMN sectors, DROP COLUMN excluded_sectors,
  DROP COLUMN excluded_firms, DROP COLUMN regions;
DROP TABLE peer.row, peer.investor, peer.sector;
VACUUM (ANALYZE);
