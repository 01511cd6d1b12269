-- How the upload asked to read what the file leaves open: {"timezone": text, "date_order": text}; null if it did not.
ALTER TABLE files ADD COLUMN read_as jsonb;
