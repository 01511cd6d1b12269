-- How often the event was handed over: the pauses between hand-overs grow with it. Older code does not count them.
ALTER TABLE outbox ADD COLUMN hand_overs integer NOT NULL DEFAULT 0;

-- When the upload's bytes were removed because nothing needs them any more; null as long as they are there.
ALTER TABLE files ADD COLUMN chunks_freed_at timestamptz;
