-- How a file was read. Null in the rows of older code, whose files have one record per line and one format.
ALTER TABLE files ADD COLUMN record_count integer;
-- The formats of its records, those with the most first: [{"name": text, "records": integer}, …].
ALTER TABLE files ADD COLUMN formats jsonb;
ALTER TABLE files ADD COLUMN encoding text;
ALTER TABLE files ADD COLUMN packing text;
ALTER TABLE files ADD COLUMN dropped_nul_bytes bigint NOT NULL DEFAULT 0;
-- The members of an archive that are not text logs.
ALTER TABLE files ADD COLUMN skipped_members integer NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN skipped_because text;
