-- The audit, sealed: blocks of its rows, each with a hash over them and over the block before, so that a row that is
-- changed, removed or put in later shows.

CREATE TABLE audit_block (
  -- From 1, without gaps.
  number bigint CONSTRAINT audit_block_pkey PRIMARY KEY,
  -- Sequence numbers of its rows. They are no single range: what commits late has an early number.
  rows int8multirange NOT NULL CONSTRAINT audit_block_rows CHECK (NOT isempty(rows)),
  count integer NOT NULL,
  -- Of its rows, the youngest transaction.
  youngest xid8 NOT NULL,
  -- All rows of older transactions than this are in this block or in one before.
  horizon xid8 NOT NULL,
  -- SHA-256 of the hash before, 32 zero octets for the first, and of the rows as text.
  hash bytea NOT NULL CONSTRAINT audit_block_hash CHECK (octet_length(hash) = 32),
  sealed_at timestamptz NOT NULL DEFAULT now());

CREATE INDEX audit_block_youngest ON audit_block (youngest);
CREATE INDEX audit_xid ON audit (xid);

CREATE TRIGGER audit_block_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_block
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- What is hashed of a row.
CREATE FUNCTION audit_text(audit) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array($1.sequence, to_char($1.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), $1.principal,
    $1.action, $1.object, $1.detail, $1.xid::text)::text
$$;

-- The rows of a block as they are now: how many, and the hash that they and the one before give.
CREATE FUNCTION audit_hash(before bytea, rows int8multirange, OUT count bigint, OUT hash bytea) LANGUAGE sql STABLE AS $$
  SELECT count(*), sha256(before || convert_to(coalesce(string_agg(audit_text(audit), E'\n' ORDER BY sequence), ''), 'UTF8'))
  FROM audit WHERE sequence >= lower(rows) AND sequence < upper(rows) AND sequence <@ rows
$$;

-- Rows that are in no block yet.
CREATE VIEW audit_unsealed AS
  SELECT audit.* FROM audit
  WHERE audit.xid >= coalesce((SELECT horizon FROM audit_block ORDER BY number DESC LIMIT 1), '0'::xid8)
    AND NOT EXISTS (
      SELECT FROM audit_block
      WHERE audit_block.youngest >= coalesce((SELECT horizon FROM audit_block ORDER BY number DESC LIMIT 1), '0'::xid8)
        AND audit.sequence <@ audit_block.rows);
