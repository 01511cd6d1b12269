CREATE INDEX CONCURRENTLY log_lines_service ON log_lines (service, "timestamp", file_id, line);
