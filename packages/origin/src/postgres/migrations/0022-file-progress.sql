-- How far the attempt that reads a file has come. One row per file that is being read for longer than half a second; it
-- is removed with the end of the ingest, or with the file. Unlogged: after a crash the files are read again from their start.
CREATE UNLOGGED TABLE ingest_progress (
  file_id uuid PRIMARY KEY,
  attempt integer NOT NULL,
  lines integer NOT NULL,
  bytes bigint NOT NULL
);

-- One row per prefix of the cache: when the latest run began, by this server's clock, that has reloaded its answers in demand.
CREATE TABLE warmings (
  prefix text PRIMARY KEY,
  began_at timestamptz NOT NULL
);
