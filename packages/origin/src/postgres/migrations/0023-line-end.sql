-- The last line of a record that has several; null if the record ends on its first line, as all records of older code do.
ALTER TABLE log_lines ADD COLUMN line_end integer;
