-- What a party, an investor or a firm, sees and changes is its own: by PostgreSQL, whatever the daemon asks. For a party
-- the daemon takes the role bellwether_party for one transaction and names the token; without a token that is good
-- now, the role sees nothing. What is not granted here the role may not even ask for.

DO $$ BEGIN
  IF to_regrole('bellwether_party') IS NULL THEN
    CREATE ROLE bellwether_party NOLOGIN;
  END IF;
EXCEPTION
  -- Roles are the cluster's: another database may have made it at the same moment.
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'role bellwether_party does not exist and may not be made by %; have an administrator run: CREATE ROLE bellwether_party NOLOGIN; GRANT bellwether_party TO %, and to the role that serves',
      current_user, current_user USING ERRCODE = '42501';
END $$;

-- Codes of the investors that are the token's: its own and, where it is good for the house, the funds below.
CREATE FUNCTION own_investors() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER AS $$
  WITH RECURSIVE own (code, house) AS (
    SELECT investor, house FROM token
      WHERE id = current_setting('bellwether.token', true) AND investor IS NOT NULL
        AND revoked_at IS NULL AND expires_at > now()
    UNION
    SELECT fund.code, true FROM own JOIN investor AS fund ON fund.parent = own.code WHERE own.house)
  SELECT coalesce(array_agg(code::text), '{}') FROM own
$$;

-- The code of the firm that is the token's.
CREATE FUNCTION own_firm() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT firm FROM token
    WHERE id = current_setting('bellwether.token', true) AND revoked_at IS NULL AND expires_at > now()
$$;

-- Ids of the firms that the token's investors know of: those on their lists, those they hold or held, and those they
-- exclude. They may name them; any other firm is for them as if it did not exist.
CREATE FUNCTION known_firms() RETURNS integer[] LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT coalesce(array_agg(id), '{}') FROM (
    SELECT unnest(list.candidates) AS id FROM (
      SELECT DISTINCT ON (ranking.investor) ranking.candidates
      FROM investor JOIN ranking ON ranking.investor = investor.id CROSS JOIN publication
      WHERE investor.code = ANY (own_investors())
        AND (ranking.run, ranking.revision) <= (publication.run, publication.revision)
      ORDER BY ranking.investor, ranking.run DESC, ranking.revision DESC) AS list
    UNION SELECT firm.id FROM holding JOIN firm ON firm.code = holding.firm
      WHERE holding.investor = ANY (own_investors())
    UNION SELECT firm.id FROM investor, unnest(investor.excluded_firms) AS excluded (code)
      JOIN firm ON firm.code = excluded.code WHERE investor.code = ANY (own_investors())) AS known
$$;

REVOKE EXECUTE ON FUNCTION own_investors(), own_firm(), known_firms() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_investors(), own_firm(), known_firms() TO bellwether_party;

-- A mandate names sectors, firms and houses that the party which changes it does not see.
ALTER FUNCTION mandates_hold() SECURITY DEFINER;

-- What runs as the owner looks names up in this schema only, and never among somebody's temporary tables.
DO $$ DECLARE
  definer text;
BEGIN
  FOREACH definer IN ARRAY '{own_investors(),own_firm(),known_firms(),mandates_hold()}'::text[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definer, current_schema());
  END LOOP;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO bellwether_party', current_schema());
END $$;

-- The owner, psql and every other role see all rows as before.
ALTER TABLE investor ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON investor
  USING ((SELECT current_user) <> 'bellwether_party' OR code = ANY ((SELECT own_investors())::text[]));
ALTER TABLE firm ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON firm USING ((SELECT current_user) <> 'bellwether_party' OR code = (SELECT own_firm()));
CREATE POLICY known ON firm FOR SELECT TO bellwether_party USING (id = ANY ((SELECT known_firms())::integer[]));
-- Institutes are asked for when a firm names one; none is a party's.
ALTER TABLE institute ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON institute USING ((SELECT current_user) <> 'bellwether_party');
ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON idempotency_key USING (
  (SELECT current_user) <> 'bellwether_party' OR principal = 'token:' || current_setting('bellwether.token', true));
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON audit USING (
  (SELECT current_user) <> 'bellwether_party' OR principal = 'token:' || current_setting('bellwether.token', true));

-- Lists are written by COPY, which row-level security forbids, so they are read through a view.
CREATE VIEW deal_list WITH (security_barrier) AS
  SELECT investor, run, revision, candidates, scores FROM ranking
  WHERE (SELECT current_user) <> 'bellwether_party'
    OR investor = ANY ((SELECT array_agg(id) FROM investor WHERE code = ANY (own_investors()))::integer[]);

GRANT SELECT, INSERT, UPDATE ON investor, firm TO bellwether_party;
GRANT SELECT, INSERT ON idempotency_key TO bellwether_party;
GRANT INSERT ON audit TO bellwether_party;
GRANT SELECT ON institute, sector, deal_list TO bellwether_party;
