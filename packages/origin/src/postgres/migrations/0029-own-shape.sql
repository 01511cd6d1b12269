-- The JSON text of the format that the upload gave for its lines; null if it gave none. Its name is in read_as.
ALTER TABLE files ADD COLUMN own_shape text;
