-- One row per file whose records were counted ahead of time. Without a row, the file was indexed by older code, and its
-- records are counted one by one until a worker has counted them.
CREATE TABLE file_roll_ups (
  file_id uuid PRIMARY KEY,
  -- Width of the buckets of the file. Null: its records are too varied to be counted ahead.
  bucket_ms bigint,
  lines integer NOT NULL,
  dated integer NOT NULL,
  first_timestamp timestamptz,
  last_timestamp timestamptz,
  sourced integer NOT NULL,
  timed integer NOT NULL,
  -- No source that is missing in file_sources has more records, and no count there is too small by more.
  sources_error integer NOT NULL
);

-- Counts per service and level of a file.
CREATE TABLE file_groups (
  file_id uuid NOT NULL,
  service text,
  level smallint NOT NULL,
  lines integer NOT NULL,
  dated integer NOT NULL,
  first_timestamp timestamptz,
  last_timestamp timestamptz,
  sourced integer NOT NULL,
  timed integer NOT NULL,
  time_sum double precision NOT NULL,
  -- Response times, counted in bins of one relative width: bin k holds the times in (g^(k-1), g^k].
  bins integer[] NOT NULL,
  bin_counts integer[] NOT NULL
);
CREATE INDEX file_groups_of_file ON file_groups (file_id);

-- Response times of a file, for all its groups together.
CREATE TABLE file_times (
  file_id uuid PRIMARY KEY,
  timed integer NOT NULL,
  time_sum double precision NOT NULL,
  bins integer[] NOT NULL,
  bin_counts integer[] NOT NULL
);

-- Counts per time bucket, service and level of a file: only records with a timestamp.
CREATE TABLE file_buckets (
  file_id uuid NOT NULL,
  bucket timestamptz NOT NULL,
  service text,
  level smallint NOT NULL,
  lines integer NOT NULL,
  first_timestamp timestamptz NOT NULL,
  last_timestamp timestamptz NOT NULL
);
CREATE INDEX file_buckets_of_file ON file_buckets (file_id, bucket);

-- The sources of a file with the most records.
CREATE TABLE file_sources (
  file_id uuid NOT NULL,
  source text NOT NULL,
  lines integer NOT NULL
);
CREATE INDEX file_sources_of_file ON file_sources (file_id);
