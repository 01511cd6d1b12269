CREATE TABLE files (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  size_bytes bigint NOT NULL,
  -- 'deleted' is never shown: the row stays until the lines and chunks are gone.
  status text NOT NULL DEFAULT 'received' CHECK (status IN ('received', 'indexing', 'indexed', 'failed', 'deleted')),
  -- Only the attempt that holds the current number may write lines.
  ingest_attempt integer NOT NULL DEFAULT 0,
  format text,
  gzipped boolean NOT NULL DEFAULT false,
  line_count integer NOT NULL DEFAULT 0,
  dated_count integer NOT NULL DEFAULT 0,
  error_count integer NOT NULL DEFAULT 0,
  unparsed_count integer NOT NULL DEFAULT 0,
  truncated_count integer NOT NULL DEFAULT 0,
  year_inferred boolean NOT NULL DEFAULT false,
  first_timestamp timestamptz,
  last_timestamp timestamptz,
  -- Whole milliseconds, so that a client's instant is the stored one.
  uploaded_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  indexed_at timestamptz,
  error text
);
CREATE INDEX files_newest ON files (uploaded_at, id) WHERE status <> 'deleted';
-- The few files whose lines no answer may count.
CREATE INDEX files_hidden ON files (id) WHERE status <> 'indexed';

CREATE TABLE upload_chunks (
  file_id uuid NOT NULL,
  n integer NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (file_id, n)
);
-- Uploads are compressed already, or are read once: compressing them costs more than it saves.
ALTER TABLE upload_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE log_lines (
  file_id uuid NOT NULL,
  "timestamp" timestamptz,
  response_time_ms double precision,
  line integer NOT NULL,
  status integer,
  level smallint NOT NULL,
  service text,
  source text,
  method text,
  path text,
  message text NOT NULL,
  -- json, not jsonb: kept as parsed (order of keys, NUL and lone surrogates in strings), and cheaper to write.
  fields json,
  -- The words of the message, split by the writer, so that no locale of the server has a say in what a word is.
  search tsvector NOT NULL,
  PRIMARY KEY (file_id, line)
);
CREATE INDEX log_lines_time ON log_lines ("timestamp", file_id, line);
CREATE INDEX log_lines_search ON log_lines USING gin (search);

CREATE TABLE outbox (
  id uuid PRIMARY KEY,
  type text NOT NULL,
  file_id uuid NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The jobs of the event that have not finished; empty once it is settled.
  pending_jobs text[] NOT NULL,
  handed_over_at timestamptz,
  -- Where its invalidation stands in the log.
  position bigint,
  applied_at timestamptz
);
CREATE INDEX outbox_pending ON outbox (created_at) WHERE cardinality(pending_jobs) > 0;
CREATE INDEX outbox_of_file ON outbox (file_id, created_at, id);

-- Ends the transaction of an ingest attempt that is no longer the current one. The lock keeps it current until COMMIT.
CREATE FUNCTION assert_current_attempt(file uuid, attempt integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM files WHERE id = file AND ingest_attempt = attempt AND status = 'indexing' FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ingest attempt % of file % is not the current one', attempt, file USING ERRCODE = 'PL001';
  END IF;
END
$$;
