-- When the lines of a deleted file were removed. Its row hides lines that a late write may still add, until the log store
-- cannot receive one any more.
ALTER TABLE files ADD COLUMN purged_at timestamptz;
