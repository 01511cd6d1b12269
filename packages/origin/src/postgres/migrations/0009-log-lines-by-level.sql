-- WARN, ERROR and FATAL: few, and asked for most.
CREATE INDEX CONCURRENTLY log_lines_level ON log_lines (level, "timestamp", file_id, line) WHERE level >= 5;
