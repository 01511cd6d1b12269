-- What was committed lately is asked for by every audit of what readers are served.
CREATE INDEX outbox_by_time ON outbox (created_at);
