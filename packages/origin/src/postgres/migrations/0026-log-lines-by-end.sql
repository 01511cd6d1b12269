-- The records of several lines: a search with context finds the one that ends right before a hit.
CREATE INDEX CONCURRENTLY log_lines_by_end ON log_lines (file_id, line_end) WHERE line_end IS NOT NULL;
