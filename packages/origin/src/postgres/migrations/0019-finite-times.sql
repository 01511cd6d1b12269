-- Postgres knows 'infinity' as a time, JSON does not: one such row, changed by SQL, failed the whole list of files. Existing
-- rows are not checked.
ALTER TABLE files ADD CONSTRAINT files_finite_times CHECK (
  isfinite(uploaded_at) AND isfinite(coalesce(indexed_at, uploaded_at)) AND isfinite(coalesce(first_timestamp, uploaded_at))
  AND isfinite(coalesce(last_timestamp, uploaded_at))) NOT VALID;
