-- Requests that wait for their file look for it here.
CREATE INDEX CONCURRENTLY ingest_streams_by_file ON ingest_streams (file_id) WHERE file_id IS NOT NULL;
