-- Every column that stats count, so that a time range is counted without reading the records.
CREATE INDEX CONCURRENTLY log_lines_counted ON log_lines ("timestamp", file_id, line) INCLUDE (level, service, source, response_time_ms);
