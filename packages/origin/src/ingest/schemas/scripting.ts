import type { Schema } from './schema.ts';

/** Loggers of Python, PHP, Ruby and Rust. */
export const SCRIPTING: readonly Schema[] = [
  {
    name: 'loguru',
    title: 'Loguru (Python), serialized',
    family: 'applications',
    source: 'https://loguru.readthedocs.io/en/stable/api/logger.html#record',
    has: ['text', 'record', 'record.level.name'],
    roles: {
      timestamp: ['record.time.timestamp', 'record.time.repr'],
      level: ['record.level.name', 'record.level.no'],
      service: ['record.name'],
      message: ['record.message'],
    },
    scale: 'loguru',
    levelWords: { success: 'INFO' },
    notRoles: ['text'],
    examples: [
      {
        line: '{"text":"2026-03-01 | SUCCESS | paid","record":{"level":{"icon":"x","name":"SUCCESS","no":25},"message":"paid","name":"shop.pay","time":{"repr":"2026-03-01 10:00:00.123456+00:00","timestamp":1772359200.123456}}}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'INFO', service: 'shop.pay', message: 'paid' },
      },
    ],
  },
  {
    name: 'python-json',
    title: 'Python logging as JSON (python-json-logger and others)',
    family: 'applications',
    source: 'https://docs.python.org/3/library/logging.html#logrecord-attributes',
    has: ['levelname|levelno', 'message|msg'],
    roles: {
      timestamp: ['created', 'asctime', 'timestamp', 'time'],
      level: ['levelname', 'levelno'],
      service: ['service', 'app', 'name', 'logger'],
      message: ['message', 'msg'],
    },
    scale: 'python',
    examples: [
      {
        line: '{"asctime":"2026-03-01 10:00:00,123","name":"shop.pay","levelno":40,"message":"card declined"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: 'shop.pay',
          message: 'card declined',
        },
      },
    ],
  },
  {
    name: 'structlog',
    title: 'structlog (Python)',
    family: 'applications',
    source: 'https://www.structlog.org/en/stable/getting-started.html',
    has: ['event', 'level|log_level', 'timestamp|ts|time'],
    lacks: ['message', 'msg'],
    values: { event: 'text' },
    roles: {
      timestamp: ['timestamp', 'ts', 'time'],
      level: ['level', 'log_level'],
      service: ['service', 'app', 'logger', 'logger_name'],
      message: ['event'],
    },
    examples: [
      {
        line: '{"event":"card declined","order":17,"logger":"shop.pay","level":"error","timestamp":"2026-03-01T10:00:00.123456Z"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: 'shop.pay',
          message: 'card declined',
        },
      },
    ],
  },
  {
    name: 'monolog-json',
    title: 'Monolog (PHP, Laravel, Symfony)',
    family: 'applications',
    source: 'https://seldaek.github.io/monolog/doc/message-structure.html',
    has: ['message', 'channel', 'level|level_name', 'datetime'],
    roles: {
      timestamp: ['datetime'],
      level: ['level_name', 'level'],
      service: ['channel'],
      message: ['message'],
    },
    scale: 'monolog',
    examples: [
      {
        line: '{"message":"card declined","context":{"order":17},"level":400,"level_name":"ERROR","channel":"pay","datetime":"2026-03-01T11:00:00.123456+01:00","extra":{}}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', service: 'pay', message: 'card declined' },
      },
    ],
  },
  {
    name: 'lograge',
    title: 'Rails with lograge: JSON and key=value',
    family: 'applications',
    source: 'https://github.com/roidrage/lograge',
    has: ['controller', 'action', 'status', 'duration', 'method', 'path'],
    roles: {
      timestamp: ['@timestamp', 'time', 'timestamp'],
      source: ['remote_ip', 'ip', 'client_ip'],
      method: ['method'],
      path: ['path'],
      status: ['status'],
    },
    durations: { duration: 'ms' },
    examples: [
      {
        line: '{"method":"GET","path":"/lamp","format":"html","controller":"LampsController","action":"show","status":200,"duration":58.33,"view":40.43,"db":15.26}',
        record: { level: 'INFO', method: 'GET', path: '/lamp', status: 200, responseTimeMs: 58.33 },
      },
      {
        line: 'method=POST path=/pay format=json controller=PayController action=create status=502 duration=3500.10 view=0.00 db=1.2',
        record: { level: 'ERROR', method: 'POST', path: '/pay', status: 502, responseTimeMs: 3500.1 },
      },
    ],
  },
  {
    name: 'semantic-logger',
    title: 'Semantic Logger (Ruby)',
    family: 'applications',
    source: 'https://logger.rocketjob.io/',
    has: ['level', 'level_index', 'timestamp', 'name'],
    roles: {
      timestamp: ['timestamp'],
      level: ['level'],
      service: ['application', 'name'],
      message: ['message'],
      method: ['payload.method'],
      path: ['payload.path'],
      status: ['payload.status'],
    },
    durations: { duration_ms: 'ms', duration: null },
    examples: [
      {
        line: '{"host":"web1","application":"shop","timestamp":"2026-03-01T10:00:00.123456Z","level":"info","level_index":2,"pid":71,"name":"LampsController","message":"Completed #show","duration":"12.5ms","duration_ms":12.5,"payload":{"method":"GET","path":"/lamp","status":200}}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'shop',
          message: 'Completed #show',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 12.5,
        },
      },
    ],
  },
  {
    name: 'rust-tracing-json',
    title: 'tracing (Rust), JSON',
    family: 'applications',
    source: 'https://docs.rs/tracing-subscriber/latest/tracing_subscriber/fmt/format/struct.Json.html',
    has: ['timestamp', 'level', 'target'],
    roles: {
      timestamp: ['timestamp'],
      level: ['level'],
      service: ['target'],
      message: ['fields.message', 'message'],
      method: ['span.method'],
      path: ['span.uri'],
      status: ['fields.status'],
    },
    durations: { 'fields.latency': null, latency: null },
    examples: [
      {
        line: '{"timestamp":"2026-03-01T10:00:00.123456Z","level":"ERROR","fields":{"message":"card declined","order":17},"target":"shop::pay","span":{"name":"charge"}}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: 'shop::pay',
          message: 'card declined',
        },
      },
    ],
  },
];
