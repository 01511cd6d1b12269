import type { Schema } from './schema.ts';

const PINO_ROLES = {
  timestamp: ['time'],
  level: ['level'],
  service: ['service', 'name'],
  message: ['msg'],
  source: ['req.remoteAddress', 'reqRemoteAddress', 'req.ip'],
  method: ['req.method'],
  path: ['req.url'],
  status: ['res.statusCode'],
};

/** Loggers of Node.js. */
export const NODE: readonly Schema[] = [
  {
    name: 'bunyan',
    title: 'Bunyan (Node.js)',
    family: 'applications',
    source: 'https://github.com/trentm/node-bunyan#log-record-fields',
    has: ['v', 'level', 'name', 'hostname', 'pid', 'time', 'msg'],
    values: { v: 'number', level: 'number' },
    roles: {
      timestamp: ['time'],
      level: ['level'],
      service: ['name'],
      message: ['msg'],
      method: ['req.method'],
      path: ['req.url'],
      status: ['res.statusCode'],
      source: ['req.remoteAddress'],
    },
    scale: 'pino',
    examples: [
      {
        line: '{"name":"shop","hostname":"web1","pid":71,"level":50,"msg":"card declined","time":"2026-03-01T10:00:00.123Z","v":0}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', service: 'shop', message: 'card declined' },
      },
    ],
  },
  {
    name: 'pino',
    title: 'pino and pino-http (Node.js, Fastify)',
    family: 'applications',
    source: 'https://github.com/pinojs/pino/blob/main/docs/api.md',
    has: ['level', 'time'],
    values: { level: 'number', time: 'epochMs' },
    roles: PINO_ROLES,
    durations: { responseTime: 'ms' },
    scale: 'pino',
    examples: [
      {
        line: '{"level":30,"time":1772359200123,"pid":71,"hostname":"web1","req":{"method":"GET","url":"/lamp","remoteAddress":"203.0.113.5"},"res":{"statusCode":200},"responseTime":12.5,"msg":"request completed"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          message: 'request completed',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 12.5,
        },
      },
    ],
  },
  {
    name: 'pino-iso-time',
    title: 'pino with pino.stdTimeFunctions.isoTime',
    family: 'applications',
    source: 'https://github.com/pinojs/pino/blob/main/docs/api.md#pinostdtimefunctions-object',
    has: ['level', 'time', 'pid', 'hostname'],
    values: { level: 'number', time: 'text' },
    roles: PINO_ROLES,
    durations: { responseTime: 'ms' },
    scale: 'pino',
    examples: [
      {
        line: '{"level":40,"time":"2026-03-01T10:00:00.123Z","pid":71,"hostname":"web1","msg":"disk 91% full"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN', message: 'disk 91% full' },
      },
    ],
  },
  {
    name: 'nestjs-json',
    title: 'NestJS ConsoleLogger, JSON',
    family: 'applications',
    source: 'https://docs.nestjs.com/techniques/logger#json-logging',
    has: ['level', 'pid', 'timestamp', 'message', 'context'],
    values: { level: 'text' },
    roles: { timestamp: ['timestamp'], level: ['level'], service: ['context'], message: ['message'] },
    examples: [
      {
        line: '{"level":"log","pid":71,"timestamp":1772359200123,"message":"Starting Nest application...","context":"NestFactory"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'NestFactory',
          message: 'Starting Nest application...',
        },
      },
    ],
  },
  {
    name: 'winston-json',
    title: 'winston and express-winston (Node.js)',
    family: 'applications',
    source: 'https://github.com/winstonjs/winston#logging',
    has: ['level', 'message'],
    lacks: ['time', 'ts', '@timestamp'],
    values: { level: 'text', message: 'text' },
    roles: {
      timestamp: ['timestamp'],
      level: ['level'],
      service: ['service', 'label', 'defaultMeta.service'],
      message: ['message'],
      method: ['meta.req.method'],
      path: ['meta.req.url', 'meta.req.originalUrl'],
      status: ['meta.res.statusCode'],
    },
    durations: { 'meta.responseTime': 'ms' },
    examples: [
      {
        line: '{"level":"info","message":"HTTP GET /lamp","meta":{"req":{"method":"GET","url":"/lamp"},"res":{"statusCode":200},"responseTime":12},"service":"shop","timestamp":"2026-03-01T10:00:00.123Z"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'shop',
          message: 'HTTP GET /lamp',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 12,
        },
      },
    ],
  },
];
