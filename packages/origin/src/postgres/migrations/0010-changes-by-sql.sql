-- In the order in which transactions of the service write to both tables; in the other order they would deadlock with
-- this migration, and one of them would fail.
LOCK TABLE files IN SHARE ROW EXCLUSIVE MODE;

-- The transaction in which the service announced a change of its own; null for events that the triggers below write. A
-- default without a rewrite of the table: existing rows keep null.
ALTER TABLE outbox ADD COLUMN announced_in xid8;
ALTER TABLE outbox ALTER COLUMN announced_in SET DEFAULT pg_current_xact_id();

CREATE FUNCTION write_file_event(file uuid, event_type text, jobs text[], event_extent jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  event uuid := gen_random_uuid();
BEGIN
  INSERT INTO outbox (id, type, file_id, payload, pending_jobs, announced_in)
  VALUES (event, event_type, file, jsonb_build_object(
    'id', event, 'type', event_type, 'version', 1, 'fileId', file,
    'at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    || CASE WHEN event_extent IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('extent', event_extent) END, jobs, NULL);
  PERFORM pg_notify('pilotlight_outbox', '');
END
$$;

-- What a row shows in the list of files. Columns of later migrations count, until a later version of this function
-- leaves them out.
CREATE FUNCTION shown_of_file(file files) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT to_jsonb(file) - ARRAY['ingest_attempt', 'chunks_freed_at']
$$;

-- The records of a file that answers include: none unless it is indexed; null means unknown, so all of the data.
CREATE FUNCTION extent_of_file(file files) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN file.status = 'indexed' THEN file.extent
    ELSE '{"records": 0, "time": null, "hasUndated": false, "levels": [], "services": []}'::jsonb END
$$;

-- Announces a changed row unless its own transaction has: then the service made the change. It runs at COMMIT, after all
-- statements of the transaction.
CREATE FUNCTION announce_file_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  file uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END;
  is_new boolean := TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND OLD.status = 'deleted');
  gone files;
  changed text[];
BEGIN
  IF EXISTS (SELECT FROM outbox WHERE file_id = file AND announced_in = pg_current_xact_id()) THEN RETURN NULL; END IF;
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (NEW.status = 'deleted' OR NEW.id <> OLD.id)) THEN
    PERFORM write_file_event(OLD.id, 'file.deleted', '{apply-event,purge-file}', extent_of_file(OLD));
    -- The row hides the file's lines until they are purged; without a row they would be shown again.
    gone := OLD;
    gone.status := 'deleted';
    IF NOT EXISTS (SELECT FROM files WHERE id = OLD.id) THEN INSERT INTO files VALUES (gone.*); END IF;
    IF TG_OP = 'DELETE' OR NEW.status = 'deleted' THEN RETURN NULL; END IF;
    is_new := true;
  END IF;
  IF is_new THEN
    IF NEW.status IN ('received', 'indexing') THEN
      PERFORM write_file_event(file, 'file.uploaded', '{apply-event,ingest-file}', NULL);
    ELSIF NEW.status = 'failed' THEN
      PERFORM write_file_event(file, 'file.failed', '{apply-event}', NULL);
    ELSE
      PERFORM write_file_event(file, 'file.indexed', '{apply-event}', NEW.extent);
    END IF;
    RETURN NULL;
  END IF;
  SELECT array_agg(key) INTO changed FROM jsonb_each(shown_of_file(NEW)) AS now (key, value)
  WHERE value IS DISTINCT FROM shown_of_file(OLD) -> key;
  -- An ingest begins: the list shows that when it ends.
  IF NEW.ingest_attempt <> OLD.ingest_attempt AND NEW.status = 'indexing' AND OLD.status = 'received'
    AND changed = '{status}' THEN RETURN NULL; END IF;
  PERFORM write_file_event(file, 'file.changed', '{apply-event}', CASE
    -- Only the list of files shows these.
    WHEN changed <@ '{name,size_bytes,uploaded_at,indexed_at,error}' THEN extent_of_file(NULL)
    WHEN OLD.status <> 'indexed' THEN extent_of_file(NEW)
    WHEN NEW.status <> 'indexed' OR NEW.extent = OLD.extent THEN extent_of_file(OLD)
  END);
  RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER announce_inserted AFTER INSERT ON files DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.status <> 'deleted') EXECUTE FUNCTION announce_file_change();
CREATE CONSTRAINT TRIGGER announce_updated AFTER UPDATE ON files DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN ((NEW.status <> 'deleted' OR OLD.status <> 'deleted')
    AND shown_of_file(NEW) IS DISTINCT FROM shown_of_file(OLD)) EXECUTE FUNCTION announce_file_change();
CREATE CONSTRAINT TRIGGER announce_deleted AFTER DELETE ON files DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.status <> 'deleted') EXECUTE FUNCTION announce_file_change();

-- A TRUNCATE has no rows after it, so they are kept in a setting of the transaction. The events follow it, because it may
-- empty the outbox too. The rows that hide the lines come back.
CREATE FUNCTION announce_truncated_files() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  file record;
BEGIN
  IF TG_WHEN = 'BEFORE' THEN
    PERFORM set_config('pilotlight.truncated', coalesce(jsonb_agg(jsonb_build_object(
      'id', id, 'is_shown', status <> 'deleted', 'extent', extent_of_file(files)))::text, '[]'), true) FROM files;
    RETURN NULL;
  END IF;
  FOR file IN SELECT * FROM jsonb_to_recordset(current_setting('pilotlight.truncated')::jsonb)
    AS t (id uuid, is_shown boolean, extent jsonb) LOOP
    INSERT INTO files (id, name, size_bytes, status) VALUES (file.id, '', 0, 'deleted');
    IF file.is_shown
      OR NOT EXISTS (SELECT FROM outbox WHERE file_id = file.id AND 'purge-file' = ANY (pending_jobs)) THEN
      PERFORM write_file_event(file.id, 'file.deleted', '{apply-event,purge-file}', nullif(file.extent, 'null'));
    END IF;
  END LOOP;
  PERFORM set_config('pilotlight.truncated', '', true);
  RETURN NULL;
END
$$;
CREATE TRIGGER announce_truncation BEFORE TRUNCATE ON files
  FOR EACH STATEMENT EXECUTE FUNCTION announce_truncated_files();
CREATE TRIGGER hide_truncated AFTER TRUNCATE ON files
  FOR EACH STATEMENT EXECUTE FUNCTION announce_truncated_files();

-- The functions run with the rights of their owner, for users who may change files and not the outbox. A fixed search
-- path keeps such a user's own objects out of them.
DO $$
DECLARE
  signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY['write_file_event(uuid, text, text[], jsonb)', 'shown_of_file(files)',
    'extent_of_file(files)', 'announce_file_change()', 'announce_truncated_files()'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', signature, current_schema());
  END LOOP;
  -- A user who may use them, in a trigger of another table as well, could delete any file by its event.
  REVOKE ALL ON FUNCTION write_file_event(uuid, text, text[], jsonb), announce_file_change(), announce_truncated_files()
    FROM PUBLIC;
END
$$;
