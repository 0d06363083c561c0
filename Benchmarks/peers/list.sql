-- The list of one mandate as one statement that PostgreSQL and DuckDB both read. What a list of sectors, an ask
-- and a place come to is found once for each; a veto of theirs has no row. Names after a dollar sign are parameters
-- of the policy.
WITH own AS MATERIALIZED (SELECT firm, held FROM peer.position WHERE investor = $mandate),
  sector_value AS MATERIALIZED (
    SELECT n.sector, max(w.millionths * n.millionths / 1000000) AS value
    FROM peer.mandate_sector w JOIN peer.nearness n ON n.wanted = w.wanted
    WHERE w.mandate = $mandate GROUP BY n.sector),
  barred AS MATERIALIZED (
    SELECT DISTINCT n.sector FROM peer.mandate_excluded_sector e JOIN peer.nearness n ON n.wanted = e.wanted
    WHERE e.mandate = $mandate AND n.millionths = 1000000),
  list AS MATERIALIZED (
    SELECT m.list, $sector_weight * coalesce(max(v.value * m.share / 1000000), $sector_prior) / 1000000 AS points
    FROM peer.member m LEFT JOIN sector_value v ON v.sector = m.sector LEFT JOIN barred b ON b.sector = m.sector
    WHERE m.top NOT IN (SELECT top FROM peer.mandate_full_sector WHERE mandate = $mandate)
    GROUP BY m.list HAVING count(b.sector) = 0),
  ask AS MATERIALIZED (
    SELECT a.ask, CAST($ticket_weight AS bigint) * CASE
      WHEN a.amount IS NULL OR t.mandate IS NULL THEN $ticket_prior
      WHEN a.amount > t.largest THEN t.largest * 1000000 / a.amount
      WHEN a.amount < t.smallest THEN a.amount * 1000000 / t.smallest
      ELSE 1000000 END / 1000000 AS points
    FROM peer.ask a LEFT JOIN peer.mandate_ticket t ON t.mandate = $mandate AND t.currency = a.currency
    WHERE NOT coalesce(
      a.amount > t.largest * $ticket_high_reach OR a.amount * $ticket_low_reach < t.smallest, false)),
  standing AS MATERIALIZED (
    SELECT p.place, p.country, m.home, m.quota, m.has_regions, m.knows_country, EXISTS (
      SELECT 1 FROM peer.mandate_region r
      WHERE r.mandate = $mandate AND (r.word = p.country OR r.word = p.region OR r.word = p.city)) AS covered
    FROM peer.place p, peer.mandate m WHERE m.number = $mandate),
  place AS MATERIALIZED (
    SELECT place, CAST($region_weight AS bigint) * CASE
      WHEN NOT has_regions THEN $region_prior
      WHEN covered THEN 1000000
      WHEN country IS NULL THEN $region_prior
      WHEN country = home THEN $region_same_country * (100 - quota) / 100
      ELSE 0 END / 1000000 AS points
    FROM standing
    WHERE NOT has_regions OR covered OR country IS NULL
      OR NOT (quota = 100 OR knows_country AND coalesce(country <> home, true))),
  shared AS MATERIALIZED (
    SELECT p.investor, count(*) AS firms FROM own JOIN peer.position p ON p.firm = own.firm
    WHERE p.investor <> $mandate GROUP BY p.investor),
  known AS MATERIALIZED (
    SELECT p.firm, count(*) AS others
    FROM shared s JOIN peer.position p ON p.investor = s.investor LEFT JOIN own ON own.firm = p.firm
    WHERE own.firm IS NULL OR s.firms > 1 GROUP BY p.firm),
  scored AS (
    SELECT c.number, c.code, profile.points + list.points + ask.points + place.points + c.readiness
      + CAST($co_investors_weight AS bigint) * CASE
        WHEN NOT m.has_history OR c.holders = CASE WHEN own.firm IS NULL THEN 0 ELSE 1 END THEN $co_investors_prior
        WHEN known.others IS NULL THEN $co_investors_0
        WHEN known.others = 1 THEN $co_investors_1
        WHEN known.others = 2 THEN $co_investors_2
        ELSE $co_investors_3 END / 1000000 AS score
    FROM peer.candidate c
      JOIN peer.mandate m ON m.number = $mandate AND NOT m.idle
      JOIN peer.mandate_profile profile ON profile.mandate = $mandate AND profile.profile = c.profile
      JOIN list ON list.list = c.list JOIN ask ON ask.ask = c.ask JOIN place ON place.place = c.place
      LEFT JOIN own ON own.firm = c.number LEFT JOIN known ON known.firm = c.number
    WHERE NOT c.retired AND (own.held IS NULL OR NOT own.held)
      AND c.number NOT IN (SELECT firm FROM peer.mandate_excluded_firm WHERE mandate = $mandate))
SELECT code, score FROM scored ORDER BY score DESC, number LIMIT $depth;
