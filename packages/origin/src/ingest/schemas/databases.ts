import type { Schema } from './schema.ts';

/** PostgreSQL 14 and later write all of them, 9.0 and later the first 23. */
const POSTGRES_COLUMNS = [
  'log_time',
  'user_name',
  'database_name',
  'process_id',
  'connection_from',
  'session_id',
  'session_line_num',
  'command_tag',
  'session_start_time',
  'virtual_transaction_id',
  'transaction_id',
  'error_severity',
  'sql_state_code',
  'message',
  'detail',
  'hint',
  'internal_query',
  'internal_query_pos',
  'context',
  'query',
  'query_pos',
  'location',
  'application_name',
  'backend_type',
  'leader_pid',
  'query_id',
];

/** Databases and queues. */
export const DATABASES: readonly Schema[] = [
  {
    name: 'mongodb-json',
    title: 'MongoDB 4.4 and later',
    family: 'databases',
    source: 'https://www.mongodb.com/docs/manual/reference/log-messages/',
    has: ['t', 's', 'c', 'msg'],
    values: { s: /^[FEWID][1-5]?$/ },
    roles: { timestamp: ['t'], level: ['s'], service: ['c'], message: ['msg'], source: ['attr.remote'] },
    durations: { 'attr.durationMillis': 'ms' },
    levelWords: { d1: 'DEBUG', d2: 'DEBUG', d3: 'DEBUG', d4: 'DEBUG', d5: 'DEBUG' },
    examples: [
      {
        line: '{"t":{"$date":"2026-03-01T12:00:02.180+02:00"},"s":"W","c":"QUERY","id":51803,"ctx":"conn1","msg":"Slow query","attr":{"durationMillis":1500}}',
        record: {
          timestamp: '2026-03-01T10:00:02.180Z',
          level: 'WARN',
          service: 'QUERY',
          message: 'Slow query',
          responseTimeMs: 1500,
        },
      },
    ],
  },
  {
    name: 'postgres-csvlog',
    title: 'PostgreSQL csvlog',
    family: 'databases',
    source: 'https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG',
    has: ['log_time', 'error_severity', 'sql_state_code', 'message'],
    roles: {
      timestamp: ['log_time'],
      level: ['error_severity'],
      message: ['message'],
      source: ['connection_from'],
    },
    durationInMessage: /^duration: (\d{1,12}(?:\.\d{1,6})?) ms/,
    notRoles: ['application_name', 'query', 'location'],
    table: {
      columns: POSTGRES_COLUMNS,
      minColumns: 22,
      cells: {
        log_time: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Za-z0-9+:-]{1,8}$/,
        session_line_num: /^\d{1,19}$/,
        error_severity: /^(?:DEBUG[1-5]?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC)$/,
        sql_state_code: /^[0-9A-Z]{5}$/,
      },
    },
    examples: [
      {
        line: '2026-03-01 10:00:00.606 UTC,"shop","orders",4988,"10.0.0.7:5100",65e1a0.137c,3,"SELECT",2026-03-01 09:58:21 UTC,9/0,0,LOG,00000,"duration: 445.927 ms  statement: select 1",,,,,,,,,"psql","client backend",,0',
        record: {
          timestamp: '2026-03-01T10:00:00.606Z',
          level: 'INFO',
          message: 'duration: 445.927 ms  statement: select 1',
          source: '10.0.0.7',
          responseTimeMs: 445.927,
        },
      },
    ],
  },
  {
    name: 'postgres-jsonlog',
    title: 'PostgreSQL jsonlog',
    family: 'databases',
    source: 'https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-JSONLOG',
    has: ['timestamp', 'error_severity', 'pid'],
    roles: {
      timestamp: ['timestamp'],
      level: ['error_severity'],
      message: ['message'],
      source: ['remote_host'],
    },
    durationInMessage: /^duration: (\d{1,12}(?:\.\d{1,6})?) ms/,
    notRoles: ['application_name'],
    examples: [
      {
        line: '{"timestamp":"2026-03-01 10:00:00.606 UTC","user":"shop","dbname":"orders","pid":4988,"remote_host":"10.0.0.7","remote_port":5100,"error_severity":"ERROR","state_code":"23505","message":"duplicate key value","backend_type":"client backend"}',
        record: {
          timestamp: '2026-03-01T10:00:00.606Z',
          level: 'ERROR',
          message: 'duplicate key value',
          source: '10.0.0.7',
        },
      },
    ],
  },
  {
    name: 'mysql-error-json',
    title: 'MySQL error log (log_sink_json)',
    family: 'databases',
    source: 'https://dev.mysql.com/doc/refman/8.4/en/error-log-json.html',
    has: ['prio', 'err_code', 'msg', 'subsystem|label'],
    roles: { timestamp: ['time'], level: ['prio'], service: ['subsystem'], message: ['msg'] },
    scale: 'mysql',
    examples: [
      {
        line: '{"prio":2,"err_code":10068,"subsystem":"Server","msg":"CA certificate ca.pem is self signed.","time":"2026-03-01T10:00:00.123456Z","err_symbol":"ER_CA_SELF_SIGNED","SQL_state":"HY000","label":"Warning"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          service: 'Server',
          message: 'CA certificate ca.pem is self signed.',
        },
      },
    ],
  },
  {
    name: 'elasticsearch-json',
    title: 'Elasticsearch 7 server, slow and audit logs (8 and later write ECS)',
    family: 'databases',
    source: 'https://www.elastic.co/guide/en/elasticsearch/reference/7.17/logging.html',
    has: ['type', 'timestamp|@timestamp', 'cluster.name|node.name|cluster.uuid|node.id'],
    roles: {
      timestamp: ['timestamp', '@timestamp'],
      level: ['level'],
      service: ['component'],
      message: ['message'],
      source: ['origin.address'],
      method: ['request.method'],
      path: ['url.path'],
    },
    durations: { took_millis: 'ms', took: null },
    examples: [
      {
        line: '{"type": "server", "timestamp": "2026-03-01T11:00:00,123+01:00", "level": "WARN", "component": "o.e.c.r.a.DiskThresholdMonitor", "cluster.name": "shop", "node.name": "es1", "message": "high disk watermark exceeded" }',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          service: 'o.e.c.r.a.DiskThresholdMonitor',
          message: 'high disk watermark exceeded',
        },
      },
      {
        line: '{"type": "index_search_slowlog", "timestamp": "2026-03-01T10:00:01,123Z", "level": "WARN", "component": "i.s.s.query", "node.name": "es1", "message": "[shop][0]", "took": "1.2s", "took_millis": "1250"}',
        record: {
          timestamp: '2026-03-01T10:00:01.123Z',
          level: 'WARN',
          service: 'i.s.s.query',
          message: '[shop][0]',
          responseTimeMs: 1250,
        },
      },
    ],
  },
  {
    name: 'rabbitmq-json',
    title: 'RabbitMQ, JSON',
    family: 'databases',
    source: 'https://www.rabbitmq.com/docs/logging#json',
    has: ['time', 'level', 'msg', 'pid', 'domain'],
    roles: { timestamp: ['time'], level: ['level'], service: ['domain'], message: ['msg'] },
    examples: [
      {
        line: '{"time":"2026-03-01 10:00:00.123456+00:00","level":"warning","msg":"closing AMQP connection","domain":"rabbitmq.connection","pid":"<0.1234.0>"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          service: 'rabbitmq.connection',
          message: 'closing AMQP connection',
        },
      },
    ],
  },
];
