-- Uploads whose chunks are committed while the file still arrives. The row goes in the transaction that makes the file
-- visible, so chunks without a file always have a row here, by which they are found and swept.
CREATE TABLE uploads_under_way (
  id uuid PRIMARY KEY,
  -- When the last chunk came.
  touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Its chunks are being removed: it can take no more, and never become a file.
  abandoned boolean NOT NULL DEFAULT false
);

-- The space of failed and deleted files is used again. The default waits for a fifth of the table to be dead.
ALTER TABLE log_lines SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 50000);
-- A chunk of 1 MiB is one row here and some 525 in the TOAST table.
ALTER TABLE upload_chunks SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 50000
);
