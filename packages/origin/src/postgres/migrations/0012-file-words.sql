-- The version of the words in log_lines.search, per file. Without a row for the current attempt, an earlier release
-- indexed the file; its words are searched as that release split them, until a worker has split its records again.
CREATE TABLE file_words (
  file_id uuid PRIMARY KEY,
  attempt integer NOT NULL,
  version smallint NOT NULL
);
