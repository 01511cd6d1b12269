-- log_lines_counted has the same order and serves the same statements, those of earlier releases too.
DROP INDEX CONCURRENTLY IF EXISTS log_lines_time;
