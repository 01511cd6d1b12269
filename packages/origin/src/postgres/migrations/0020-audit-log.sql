-- Who deleted and invalidated what, and which tokens were used. The input is JSON as text: a text cannot be refused for an
-- escaped NUL, which jsonb does.
CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  action text NOT NULL,
  token text,
  address text NOT NULL,
  request_id text,
  path text,
  input text,
  status integer NOT NULL,
  count integer NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);
