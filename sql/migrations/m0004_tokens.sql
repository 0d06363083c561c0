-- Who may ask the daemon for what, beyond the users of its own machine.

CREATE TABLE token (
  -- Stands in the audit and before the dot of the token.
  id code CONSTRAINT token_pkey PRIMARY KEY
    CONSTRAINT token_id_form CHECK (octet_length(id) <= 64 AND strpos(id, '.') = 0),
  -- SHA-256 of the secret. The secret is 256 random bits, so there is nothing to guess that a slow hash would guard.
  digest bytea NOT NULL CONSTRAINT token_digest_length CHECK (octet_length(digest) = 32),
  role text NOT NULL CONSTRAINT token_role_known
    CHECK (role IN ('organizer', 'investor', 'firm', 'job', 'admin', 'monitor')),
  investor code CONSTRAINT token_investor_fkey REFERENCES investor (code),
  firm code CONSTRAINT token_firm_fkey REFERENCES firm (code),
  -- Whether the funds below its investor are its own as well.
  house boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  -- From then on it is good for nothing.
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT token_expiry CHECK (expires_at > created_at),
  CONSTRAINT token_party CHECK ((role = 'investor') = (investor IS NOT NULL) AND (role = 'firm') = (firm IS NOT NULL)),
  CONSTRAINT token_house CHECK (NOT house OR role = 'investor'));

-- An end is an end: nothing brings a token back or makes it another's.
CREATE FUNCTION token_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.digest, NEW.role, NEW.investor, NEW.firm, NEW.house, NEW.expires_at)
      IS DISTINCT FROM (OLD.id, OLD.digest, OLD.role, OLD.investor, OLD.firm, OLD.house, OLD.expires_at)
    OR OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'a token is not changed but revoked' USING ERRCODE = '23514', CONSTRAINT = 'token_only_ends';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER token_only_ends BEFORE UPDATE ON token FOR EACH ROW EXECUTE FUNCTION token_only_ends();
CREATE TRIGGER token_rows_stay BEFORE DELETE OR TRUNCATE ON token FOR EACH STATEMENT EXECUTE FUNCTION rows_stay();
CREATE TRIGGER token_notify AFTER UPDATE ON token FOR EACH STATEMENT EXECUTE FUNCTION notify_changed();
