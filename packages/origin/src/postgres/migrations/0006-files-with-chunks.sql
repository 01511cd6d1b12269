CREATE INDEX CONCURRENTLY files_with_chunks ON files (uploaded_at)
  WHERE chunks_freed_at IS NULL AND status IN ('indexed', 'failed');
