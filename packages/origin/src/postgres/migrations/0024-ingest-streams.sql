-- Streams of lines. Each acknowledged request is one or more chunks of the stream's open file, which has no row in `files`
-- before a worker rolls it: no answer shows it, and nothing has to be invalidated for each request.
CREATE TABLE ingest_streams (
  stream text NOT NULL,
  -- Whose quota the files count for; empty without a token.
  uploader text NOT NULL DEFAULT '',
  -- The open file, by the id that it keeps; null while the stream has none.
  file_id uuid,
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  chunks integer NOT NULL,
  size_bytes bigint NOT NULL,
  rolled_at timestamptz,
  -- Files that were rolled one after the other without a pause.
  rolls integer NOT NULL DEFAULT 0,
  PRIMARY KEY (stream, uploader)
-- Every request changes its row: the space on the page keeps the index as it is.
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
