-- Whether the file holds the lines of a stream. Such a file is read as lines, whatever it looks like, and keeps its bytes if its
-- ingest fails: its lines were acknowledged to several clients.
ALTER TABLE files ADD COLUMN of_stream boolean NOT NULL DEFAULT false;
