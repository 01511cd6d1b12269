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

/** Databases that write text. Those that write JSON are schemas. */
export const DATABASES: readonly Shape[] = [
  {
    name: 'redis',
    title: 'Redis and Valkey',
    family: 'databases',
    source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/config-file/',
    // X is a Sentinel, C a child that saves, S a replica, M a master.
    pattern:
      '(?<pid>\\d+):(?<role>[XCSM]) (?<timestamp>\\d{1,2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2}(?:\\.\\d{3})?) (?<level>[.*#-]) %{GREEDYDATA:message}',
    levels: { '.': 'DEBUG', '-': 'DEBUG', '*': 'NOTICE', '#': 'WARN' },
    examples: [
      {
        line: '4242:M 01 Mar 2026 10:00:02.291 # WARNING Memory overcommit must be enabled!',
        record: {
          timestamp: '2026-03-01T10:00:02.291Z',
          level: 'WARN',
          message: 'WARNING Memory overcommit must be enabled!',
          fields: { pid: '4242', role: 'M' },
        },
      },
      { line: '7:X 01 Mar 2026 10:00:03.291 - Accepted 10.0.0.7:5100', record: { level: 'DEBUG' } },
      { line: '7:C 01 Mar 2026 10:00:03 * DB saved on disk', record: { level: 'NOTICE', message: 'DB saved on disk' } },
    ],
  },
  {
    name: 'redis-3',
    title: 'Redis 3 and 4, whose times have no year',
    family: 'databases',
    source: 'https://github.com/redis/redis/blob/4.0/src/server.c',
    pattern:
      '(?<pid>\\d+):(?<role>[XCSM]) (?<day>\\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<time>\\d{2}:\\d{2}:\\d{2}\\.\\d{3}) (?<level>[.*#-]) %{GREEDYDATA:message}',
    instant: '{month} {day} {time}',
    levels: { '.': 'DEBUG', '-': 'DEBUG', '*': 'NOTICE', '#': 'WARN' },
    examples: [{ line: '1:M 01 Mar 10:00:00.123 * Ready', record: { level: 'NOTICE', message: 'Ready' } }],
  },
  {
    name: 'redis-2',
    title: 'Redis before 3.0',
    family: 'databases',
    source: 'https://github.com/redis/redis/blob/2.8/src/redis.c',
    pattern:
      '\\[(?<pid>\\d{1,10})\\] (?<day>\\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<time>\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{3})?) (?<level>[.*#-]) %{GREEDYDATA:message}',
    instant: '{month} {day} {time}',
    levels: { '.': 'DEBUG', '-': 'DEBUG', '*': 'NOTICE', '#': 'WARN' },
    examples: [
      {
        line: '[4018] 14 Nov 07:01:22.119 * Background saving terminated with success',
        record: { level: 'NOTICE', message: 'Background saving terminated with success', fields: { pid: '4018' } },
      },
    ],
  },
  {
    name: 'mongodb-text',
    title: 'MongoDB before 4.4, text',
    family: 'databases',
    source: 'https://www.mongodb.com/docs/v4.2/reference/log-messages/',
    pattern:
      '(?<timestamp>\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}(?:Z|[+-]\\d{4})) (?<level>[FEWID][1-5]?) (?<service>[A-Z_]{3,12}|-) {1,12}\\[(?<context>[^\\]]{1,128})\\] %{GREEDYDATA:message}',
    levels: {
      F: 'FATAL',
      E: 'ERROR',
      W: 'WARN',
      I: 'INFO',
      D: 'DEBUG',
      D1: 'DEBUG',
      D2: 'DEBUG',
      D3: 'DEBUG',
      D4: 'DEBUG',
      D5: 'DEBUG',
    },
    examples: [
      {
        line: '2014-11-03T18:28:32.450-0500 I NETWORK  [initandlisten] waiting for connections on port 27017',
        record: {
          timestamp: '2014-11-03T23:28:32.450Z',
          level: 'INFO',
          service: 'NETWORK',
          message: 'waiting for connections on port 27017',
          fields: { context: 'initandlisten' },
        },
      },
      { line: '2018-05-01T10:00:00.123+0000 D2 STORAGE  [conn7] x', record: { level: 'DEBUG', service: 'STORAGE' } },
    ],
  },
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
  {
    name: 'elasticsearch',
    title: 'Elasticsearch and OpenSearch, text',
    family: 'databases',
    source: 'https://www.elastic.co/guide/en/elasticsearch/reference/7.17/logging.html',
    pattern:
      '\\[%{TIMESTAMP_ISO8601:timestamp}\\]\\[(?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL|DEPRECATION|CRITICAL) {0,6}\\]\\[(?<service>[^\\] ]{1,200}) {0,40}\\] (?:\\[(?<node>[^\\]]{1,200})\\] ?)?(?<message>(?:\\[[^\\]]{1,255}\\]\\[\\d{1,6}\\] took\\[[^\\]]{1,32}\\], took_millis\\[(?<duration_ms>\\d{1,12})\\])?.*)',
    levels: { DEPRECATION: 'WARN' },
    examples: [
      {
        line: '[2026-03-01T10:00:00,123][WARN ][o.e.c.r.a.DiskThresholdMonitor] [node-1] high disk watermark [90%] exceeded',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          service: 'o.e.c.r.a.DiskThresholdMonitor',
          message: 'high disk watermark [90%] exceeded',
          fields: { node: 'node-1' },
        },
      },
      {
        line: '[2026-03-01T10:00:00,123][INFO ][o.e.n.Node               ] [node-1] starting ...',
        record: { level: 'INFO', service: 'o.e.n.Node', message: 'starting ...' },
      },
      {
        line: '[2026-03-01T10:00:00,123][WARN ][i.s.s.query              ] [node-1] [shop][0] took[1.2s], took_millis[1250], types[]',
        record: { level: 'WARN', service: 'i.s.s.query', responseTimeMs: 1250 },
      },
    ],
  },
  {
    name: 'cassandra',
    title: 'Apache Cassandra',
    family: 'databases',
    source: 'https://cassandra.apache.org/doc/latest/cassandra/troubleshooting/reading_logs.html',
    pattern:
      '(?<level>TRACE|DEBUG|INFO|WARN|ERROR) {1,2}\\[(?<thread>[^\\]]{1,200})\\] %{TIMESTAMP_ISO8601:timestamp} (?<service>[\\w$]{1,128})\\.java:(?<code_line>\\d+) - %{GREEDYDATA:message}',
    // The slow queries of five seconds follow one line, each on a line of its own.
    continues: '<[A-Z]{3,16} .*',
    examples: [
      {
        line:
          'DEBUG [ScheduledTasks:1] 2026-03-01 10:00:03,123 MonitoringTask.java:173 - 1 operations were slow in the last 5000 msecs:\n' +
          '<SELECT * FROM shop.orders LIMIT 100>, time 612 msec - slow timeout 500 msec',
        record: { level: 'DEBUG', service: 'MonitoringTask', responseTimeMs: null },
      },
      {
        line: 'INFO  [main] 2026-03-01 10:00:00,123 CassandraDaemon.java:650 - Startup complete',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'CassandraDaemon',
          message: 'Startup complete',
          fields: { thread: 'main', code_line: '650' },
        },
      },
    ],
  },
];
