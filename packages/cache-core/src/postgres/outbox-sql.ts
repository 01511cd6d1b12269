/** The version of the statements below. A later one has to migrate the tables of this one. */
export const OUTBOX_VERSION = 1;

/** Rows of one record of the outbox, and their bytes: a reader of 64 records holds a bounded number of bytes. */
const ROWS_PER_CHANGE = 200;
const BYTES_PER_CHANGE = 262_144;

/** Returns the statements that create the outbox in an existing schema. */
export function outboxSql(schema: string): string {
  return `
CREATE TABLE ${schema}.installation (
  version integer NOT NULL,
  -- Part of each event id: a later installation must not repeat the ids of this one.
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  -- The timeline of the server when the outbox was last read; it changes with a failover.
  timeline text
);
INSERT INTO ${schema}.installation (version) VALUES (${OUTBOX_VERSION});
CREATE TABLE ${schema}.watched (table_name text PRIMARY KEY, columns text[], max_rows integer NOT NULL);
CREATE TABLE ${schema}.changes (
  -- Of two changes of one row, the one that was committed first has the lower id: the second waits for the row.
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Random, because a failover may repeat an id.
  event uuid NOT NULL DEFAULT gen_random_uuid(),
  table_name text NOT NULL,
  -- The columns of the rows; null for all.
  columns text[],
  -- The rows before and after the change; null for the whole table.
  rows jsonb,
  noted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE ${schema}.changes SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
${noteChangeSql(schema)}`;
}

/**
 * The trigger function. Its arguments: the table's name, the maximum number of rows, and the columns; none means all. It
 * runs with the rights of its owner, for users who may change the table and not the outbox.
 */
function noteChangeSql(schema: string): string {
  return `
CREATE FUNCTION ${schema}.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $note$
DECLARE
  watched text[] := nullif(TG_ARGV[2:], '{}');
  max_rows integer := TG_ARGV[1]::integer;
  present integer;
  item text := 'to_jsonb(r)';
  source text;
  few jsonb;
  counted bigint;
  bytes bigint;
BEGIN
  SELECT count(*) INTO present FROM pg_attribute
  WHERE attrelid = TG_RELID AND attname = ANY (watched) AND attnum > 0 AND NOT attisdropped;
  -- Without one of its columns a row says nothing. The statement must not fail because of that.
  IF TG_OP = 'TRUNCATE' OR present < cardinality(watched) THEN
    INSERT INTO ${schema}.changes (table_name) VALUES (TG_ARGV[0]);
  ELSE
    IF watched IS NOT NULL THEN
      SELECT 'jsonb_build_object(' || string_agg(format('%L, r.%I', name, name), ', ') || ')' INTO item
      FROM unnest(watched) AS name;
    END IF;
    source := concat_ws(' UNION ALL ',
      CASE WHEN TG_OP <> 'INSERT' THEN 'SELECT ' || item || ' AS item FROM old_rows r' END,
      CASE WHEN TG_OP <> 'DELETE' THEN 'SELECT ' || item || ' AS item FROM new_rows r' END);
    -- Most statements change few rows. This query is planned in a third of the time of the other.
    EXECUTE format($q$
      SELECT count(*), max(size), jsonb_agg(DISTINCT item) FILTER (WHERE size <= ${BYTES_PER_CHANGE}) FROM (
        SELECT item, sum(pg_column_size(item)) OVER (ROWS UNBOUNDED PRECEDING) AS size
        FROM (%s) every LIMIT ${ROWS_PER_CHANGE} + 1) few
    $q$, source) INTO counted, bytes, few;
    IF counted = 0 THEN RETURN NULL; END IF;
    IF counted <= least(max_rows, ${ROWS_PER_CHANGE}) AND bytes <= ${BYTES_PER_CHANGE} THEN
      INSERT INTO ${schema}.changes (table_name, columns, rows) VALUES (TG_ARGV[0], watched, few);
    ELSE
      EXECUTE format($q$
      WITH found AS MATERIALIZED (SELECT DISTINCT item FROM (%s) every LIMIT $2 + 1),
      few AS (SELECT item,
        (row_number() OVER () - 1) / ${ROWS_PER_CHANGE} AS part,
        sum(pg_column_size(item)) OVER (ROWS UNBOUNDED PRECEDING) / ${BYTES_PER_CHANGE} AS size
        FROM found WHERE (SELECT count(*) FROM found) <= $2)
      INSERT INTO ${schema}.changes (table_name, columns, rows)
      SELECT $1, $3, jsonb_agg(item) FROM few GROUP BY part, size
      UNION ALL SELECT $1, NULL, NULL WHERE (SELECT count(*) FROM found) > $2
      $q$, source) USING TG_ARGV[0], max_rows, watched;
    END IF;
  END IF;
  PERFORM pg_notify('${schema}', '');
  RETURN NULL;
END
$note$;
-- A user who may use it in a trigger of another table could write to the outbox.
REVOKE ALL ON FUNCTION ${schema}.note_change() FROM PUBLIC;`;
}

const TRANSITIONS = {
  insert: 'REFERENCING NEW TABLE AS new_rows',
  update: 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows',
  delete: 'REFERENCING OLD TABLE AS old_rows',
  truncate: '',
} as const;
const OPERATIONS = ['insert', 'update', 'delete', 'truncate'] as const satisfies (keyof typeof TRANSITIONS)[];
export const TRIGGERS_PER_TABLE = OPERATIONS.length;

/**
 * Returns the statements that replace the triggers of a table.
 *
 * @param table its name with its schema, quoted
 */
export function triggersSql(
  schema: string,
  table: string,
  { columns, maxRows }: { columns: readonly string[] | null; maxRows: number },
): string {
  const given = [table, String(maxRows), ...(columns ?? [])].map(literal).join(', ');
  return OPERATIONS.map(
    (operation) => `DROP TRIGGER IF EXISTS ${schema}_${operation} ON ${table};
CREATE TRIGGER ${schema}_${operation} AFTER ${operation} ON ${table} ${TRANSITIONS[operation]}
  FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.note_change(${given});`,
  ).join('\n');
}

function literal(text: string): string {
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
