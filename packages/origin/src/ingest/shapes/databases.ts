import type { Shape } from './shape.ts';

/** Databases without SQL that write text. Those that write JSON are schemas. */
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
