-- What part of the data the file's records are, so that its deletion can say what it changes. Null: not known, all of it.
ALTER TABLE files ADD COLUMN extent jsonb;
