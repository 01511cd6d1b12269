-- The answers of requests with an `Idempotency-Key`, each written in the transaction of its effect.
CREATE TABLE idempotency_keys (
  -- The token of the request, as in `files.uploaded_by`; empty without one.
  caller text NOT NULL,
  key text NOT NULL,
  -- SHA-256 of what the request said.
  fingerprint bytea NOT NULL,
  file_id uuid NOT NULL,
  file_name text NOT NULL,
  lines integer NOT NULL,
  size_bytes bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
