/** The version of the statements below. A later one has to migrate the tables of this one. */
export const OUTBOX_VERSION = 1;

/** Rows of one record of the outbox, and their bytes: a reader of 64 records holds a bounded number of bytes. */
const ROWS_PER_CHANGE = 200;
const BYTES_PER_CHANGE = 262_144;

/**
 * Returns the statements that create the outbox in an existing schema.
 *
 * @param madeSchema whether the schema was created for it
 */
export function outboxSql(schema: string, madeSchema: boolean): string {
  return `
CREATE TABLE ${schema}.installation (
  version integer NOT NULL,
  -- Part of each event id: a later installation must not repeat the ids of this one.
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  -- The server when the outbox was last read; it changes with a failover, and when a dump is restored.
  server text,
  -- Whether the schema is removed with the outbox.
  made_schema boolean NOT NULL
);
INSERT INTO ${schema}.installation (version, made_schema) VALUES (${OUTBOX_VERSION}, ${madeSchema});
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

/** A function takes at most 100 arguments, and an object needs two for each column. */
const COLUMNS_PER_OBJECT = 50;

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
  is_whole boolean := TG_OP = 'TRUNCATE';
  is_small boolean := false;
  item text;
  source text;
  few jsonb;
  counted bigint;
  bytes bigint;
BEGIN
  IF NOT is_whole THEN
    -- Transition tables have null for virtual columns, so these are computed. Of all columns, only these are listed.
    SELECT sum(columns) < cardinality(watched), string_agg(object, ' || ') INTO is_whole, item FROM (
      SELECT count(*) AS columns, 'jsonb_build_object(' || string_agg(pair, ', ') || ')' AS object FROM (
        SELECT format('%L, %s', attname, coalesce('(' || pg_get_expr(adbin, adrelid) || ')', format('r.%I', attname))) AS pair,
          (row_number() OVER () - 1) / ${COLUMNS_PER_OBJECT} AS part
        FROM pg_attribute LEFT JOIN pg_attrdef ON attgenerated = 'v' AND adrelid = attrelid AND adnum = attnum
        WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped
          AND CASE WHEN watched IS NULL THEN attgenerated = 'v' ELSE attname = ANY (watched) END) pairs
      GROUP BY part) objects;
    -- Without one of its columns a row says nothing. The statement must not fail because of that.
    is_whole := coalesce(is_whole, watched IS NOT NULL);
  END IF;
  IF NOT is_whole THEN
    IF watched IS NULL THEN item := concat_ws(' || ', 'to_jsonb(r.*)', item); END IF;
    source := concat_ws(' UNION ALL ',
      CASE WHEN TG_OP <> 'INSERT' THEN 'SELECT ' || item || ' AS item FROM old_rows r' END,
      CASE WHEN TG_OP <> 'DELETE' THEN 'SELECT ' || item || ' AS item FROM new_rows r' END);
    BEGIN
      -- Most statements change few rows. This query is planned in a third of the time of the other, and writes nothing,
      -- so the block needs no transaction id of its own.
      EXECUTE format($q$
        SELECT count(*), max(size), jsonb_agg(DISTINCT item) FILTER (WHERE size <= ${BYTES_PER_CHANGE}) FROM (
          SELECT item, sum(pg_column_size(item)) OVER (ROWS UNBOUNDED PRECEDING) AS size
          FROM (%s) every LIMIT ${ROWS_PER_CHANGE} + 1) few
      $q$, source) INTO counted, bytes, few;
      IF counted = 0 THEN RETURN NULL; END IF;
      is_small := counted <= least(max_rows, ${ROWS_PER_CHANGE}) AND bytes <= ${BYTES_PER_CHANGE};
      IF NOT is_small THEN
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
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
      -- A row that jsonb cannot represent: json with a NUL, or more than 255 MB. The statement must not fail.
      is_whole := true;
    END;
  END IF;
  IF is_whole THEN
    INSERT INTO ${schema}.changes (table_name) VALUES (TG_ARGV[0]);
  ELSIF is_small THEN
    INSERT INTO ${schema}.changes (table_name, columns, rows) VALUES (TG_ARGV[0], watched, few);
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
