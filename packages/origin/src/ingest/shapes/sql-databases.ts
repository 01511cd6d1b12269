import type { Shape } from './shape.ts';

/** Levels of PostgreSQL that other formats do not use in this way: LOG is a message for administrators. */
const POSTGRESQL_LEVELS = { LOG: 'INFO', PANIC: 'FATAL' } as const;
const POSTGRESQL_WORDS = '(?:LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG[1-5]?)';
/** What PostgreSQL writes right after a message, each with the prefix of the message. */
const POSTGRESQL_PARTS = '(?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION|BACKTRACE)';
/** The time and what `log_line_prefix` usually has: process, session line, user, database, host. */
const POSTGRESQL_TIME = '\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}(?:\\.\\d{3})?(?: (?:[A-Z]{3,5}|[+-]\\d{2,4}))?';
const POSTGRESQL_PREFIX = '[^ ]{0,200}(?: [^ ]{1,200}){0,4}';

/** The columns of InnoDB's and the server's own messages since MySQL 5.7; MariaDB writes the thread only. */
const MYSQL_TIME = '\\d{4}-\\d{2}-\\d{2}(?:T| {1,2})\\d{1,2}:\\d{2}:\\d{2}(?:\\.\\d{1,6})?(?:Z|[+-]\\d{2}:\\d{2})?';
const MYSQL_LEVELS = { System: 'INFO', Note: 'NOTICE' } as const;

/** PostgreSQL, MySQL and MariaDB. */
export const SQL_DATABASES: readonly Shape[] = [
  {
    name: 'postgresql',
    title: 'PostgreSQL, stderr',
    family: 'databases',
    source: 'https://www.postgresql.org/docs/current/runtime-config-logging.html',
    pattern: `(?:< ?)?(?<timestamp>${POSTGRESQL_TIME})(?: ?> ?|[ :])(?:(?<prefix>${POSTGRESQL_PREFIX})[ :])?(?<level>${POSTGRESQL_WORDS}):  (?<message>(?:duration: %{NUMBER:duration_ms} ms)?.*)`,
    levels: POSTGRESQL_LEVELS,
    continues: `(?:< ?)?${POSTGRESQL_TIME}(?: ?> ?|[ :])(?<prefix>(?:${POSTGRESQL_PREFIX}[ :])?)${POSTGRESQL_PARTS}:  .*|\\t.*`,
    // Sessions write between each other's lines. `[%l-1]` counts the lines of a session, so it differs.
    continuesSame: { column: 'prefix', except: '\\[\\d{1,10}-\\d{1,10}\\]|[ :]{1,3}$' },
    examples: [
      {
        line: '2026-03-01 10:00:00.123 UTC [4711] shop@orders ERROR:  duplicate key value violates unique constraint "orders_pkey"',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: null,
          message: 'duplicate key value violates unique constraint "orders_pkey"',
          fields: { prefix: '[4711] shop@orders' },
        },
      },
      {
        line: '2026-03-01 10:00:02 CET [4712] LOG:  duration: 1523.250 ms  statement: SELECT 1',
        record: { timestamp: '2026-03-01T09:00:02.000Z', level: 'INFO', responseTimeMs: 1523.25 },
      },
      {
        line: '2026-03-01 10:00:02 UTC:10.0.0.7(5100):shop@orders:[4712]:FATAL:  password authentication failed',
        record: { level: 'FATAL', message: 'password authentication failed' },
      },
      { line: '< 2026-03-01 10:00:00.123 UTC >ERROR:  declined', record: { level: 'ERROR', message: 'declined' } },
    ],
  },
  {
    name: 'postgresql-part',
    title: 'PostgreSQL, a part of a message after a line of another session',
    family: 'databases',
    source: 'https://www.postgresql.org/docs/current/runtime-config-logging.html',
    pattern: `(?:< ?)?(?<timestamp>${POSTGRESQL_TIME})(?: ?> ?|[ :])(?:(?<prefix>${POSTGRESQL_PREFIX})[ :])?(?<part>${POSTGRESQL_PARTS}):  %{GREEDYDATA:message}`,
    continues: '\\t.*',
    examples: [
      {
        line: '2026-03-01 10:00:00.123 UTC [4711] shop@orders STATEMENT:  SELECT 1',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'UNKNOWN',
          service: null,
          message: 'SELECT 1',
          fields: { prefix: '[4711] shop@orders', part: 'STATEMENT' },
        },
      },
    ],
  },
  {
    name: 'mysql-error',
    title: 'MySQL, error log',
    family: 'databases',
    source: 'https://dev.mysql.com/doc/refman/8.4/en/error-log-format.html',
    pattern: `(?<timestamp>${MYSQL_TIME}) (?<thread>\\d+) \\[(?<level>System|Error|ERROR|Warning|Note)\\] \\[(?<code>[A-Z]{2,6}-\\d{1,10})\\] \\[(?<subsystem>[^\\]]{1,64})\\] %{GREEDYDATA:message}`,
    levels: MYSQL_LEVELS,
    examples: [
      {
        line: '2026-03-01T10:00:02.936146Z 8 [ERROR] [MY-012592] [InnoDB] Operating system error number 2.',
        record: {
          timestamp: '2026-03-01T10:00:02.936Z',
          level: 'ERROR',
          message: 'Operating system error number 2.',
          fields: { thread: '8', code: 'MY-012592', subsystem: 'InnoDB' },
        },
      },
    ],
  },
  {
    name: 'mariadb-error',
    title: 'MariaDB and MySQL before 8.0, error log',
    family: 'databases',
    source: 'https://mariadb.com/docs/server/server-management/server-monitoring-logs/error-log',
    pattern: `(?<timestamp>${MYSQL_TIME}|\\d{6} {1,2}\\d{1,2}:\\d{2}:\\d{2}) (?:(?<thread>\\d+) )?\\[(?<level>ERROR|Error|Warning|Note)\\] %{GREEDYDATA:message}`,
    levels: MYSQL_LEVELS,
    examples: [
      {
        line: "2026-03-01  5:13:11 8 [Warning] Access denied for user 'shop'@'10.0.0.7' (using password: YES)",
        record: { timestamp: '2026-03-01T05:13:11.000Z', level: 'WARN', fields: { thread: '8' } },
      },
      { line: '2026-03-01 10:00:00 0 [Note] mariadbd: ready for connections.', record: { level: 'NOTICE' } },
    ],
  },
  {
    name: 'mysql-slow-further',
    title: 'MySQL and MariaDB, slow query log, further queries of a second',
    family: 'databases',
    source: 'https://mariadb.com/docs/server/server-management/server-monitoring-logs/slow-query-log',
    pattern:
      '# User@Host: (?<user>[^ \\[]*)\\[[^\\]]*\\] @ {1,2}(?<host>[^ \\[]*) {0,2}\\[(?<source>[^\\]]*)\\](?: {1,4}Id: {1,8}(?<id>\\d+))?',
    further: [
      '# Query_time: %{NUMBER:duration_s} {1,4}Lock_time: %{NUMBER:lock_s} {1,4}Rows_sent: (?<rows_sent>\\d+) {1,4}Rows_examined: (?<rows_examined>\\d+).*',
      'SET timestamp=(?<timestamp>\\d{10});',
    ],
    continues:
      '# (?:Thread_id|Schema|Rows_affected|Bytes_sent|Tmp_tables|Full_scan|Filesort|explain|administrator command).*|[^#\\d].*|\\d{1,3}(?:[^\\d].*)?|\\d{4,5}[^\\d-].*',
    examples: [
      {
        line: '# User@Host: shop[shop] @ localhost []\n# Query_time: 3.000123  Lock_time: 0.000012  Rows_sent: 1  Rows_examined: 100\nSET timestamp=1772359200;\nSELECT 2;',
        record: { timestamp: '2026-03-01T10:00:00.000Z', responseTimeMs: 3000.123, message: 'SELECT 2;' },
      },
    ],
  },
  {
    name: 'mysql-slow',
    title: 'MySQL and MariaDB, slow query log',
    family: 'databases',
    source: 'https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html',
    pattern: `# Time: (?<timestamp>${MYSQL_TIME}|\\d{6} {1,2}\\d{1,2}:\\d{2}:\\d{2})`,
    further: [
      '# User@Host: (?<user>[^ \\[]*)\\[[^\\]]*\\] @ {1,2}(?<host>[^ \\[]*) {0,2}\\[(?<source>[^\\]]*)\\](?: {1,4}Id: {1,8}(?<id>\\d+))?',
      '# Query_time: %{NUMBER:duration_s} {1,4}Lock_time: %{NUMBER:lock_s} {1,4}Rows_sent: (?<rows_sent>\\d+) {1,4}Rows_examined: (?<rows_examined>\\d+).*',
    ],
    continues:
      '# (?:Thread_id|Schema|Rows_affected|Bytes_sent|Tmp_tables|Full_scan|Filesort|explain|administrator command).*|[^#\\d].*|\\d{1,3}(?:[^\\d].*)?|\\d{4,5}[^\\d-].*',
    examples: [
      {
        line:
          '# Time: 2026-03-01T10:00:00.123456Z\n# User@Host: shop[shop] @ localhost [127.0.0.1]  Id:     8\n' +
          '# Query_time: 2.000123  Lock_time: 0.000012 Rows_sent: 1  Rows_examined: 100\n' +
          'SET timestamp=1772359200;\nSELECT total\n  FROM orders;',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          source: '127.0.0.1',
          responseTimeMs: 2000.123,
          message: 'SET timestamp=1772359200;\nSELECT total\n  FROM orders;',
          fields: { user: 'shop', host: 'localhost', id: '8', rows_examined: '100' },
        },
      },
    ],
  },
];
