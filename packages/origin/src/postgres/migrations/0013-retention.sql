-- Bytes of the file's lines, as the log store received them. It is null if older code indexed the file.
ALTER TABLE files ADD COLUMN stored_bytes bigint;
-- Who uploaded the file: the start of the SHA-256 of the token, in hex. It is null without a token.
ALTER TABLE files ADD COLUMN uploaded_by text;
