-- Frequent words of a file: they show in one read that a word has more records than a total counts. A count may be too
-- small, and words of few records are missing. Files of earlier releases have none; their matches are counted.
CREATE TABLE file_common_words (
  file_id uuid NOT NULL,
  word text NOT NULL,
  lines integer NOT NULL
);
CREATE INDEX file_common_words_of_file ON file_common_words (file_id);
CREATE INDEX file_common_words_by_word ON file_common_words (word, lines);

-- A scan that reads only an index needs pages that VACUUM has marked. The default waits for a fifth of the table.
ALTER TABLE log_lines SET (autovacuum_vacuum_insert_scale_factor = 0.02);
