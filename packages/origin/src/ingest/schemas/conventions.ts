import type { Schema } from './schema.ts';

/** Schemas that many products share. */
export const CONVENTIONS: readonly Schema[] = [
  {
    name: 'gelf',
    title: 'Graylog Extended Log Format (GELF)',
    family: 'conventions',
    source: 'https://go2docs.graylog.org/current/getting_in_log_data/gelf.html',
    has: ['version', 'host', 'short_message'],
    values: { version: /^1\.[01]$/ },
    roles: {
      timestamp: ['timestamp'],
      level: ['level'],
      service: ['_service', '_app', '_application', '_logger', '_facility', 'facility'],
      message: ['short_message'],
    },
    scale: 'syslog',
    examples: [
      {
        line: '{"version":"1.1","host":"web1","short_message":"cart opened","timestamp":1772359200.123,"level":4,"_app":"shop"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN', service: 'shop', message: 'cart opened' },
      },
    ],
  },
  {
    name: 'ecs',
    title: 'Elastic Common Schema (ECS), nested or dotted',
    family: 'conventions',
    source: 'https://www.elastic.co/docs/reference/ecs/ecs-field-reference',
    has: [
      '@timestamp',
      'ecs.version|log.level|log.logger|service.name|event.duration|event.dataset|event.action|http.request.method|' +
        'http.response.status_code|url.path|url.original|source.ip|client.ip',
    ],
    values: { '@version': [] },
    roles: {
      timestamp: ['@timestamp'],
      level: ['log.level'],
      service: ['service.name', 'log.logger', 'event.dataset'],
      message: ['message'],
      source: ['source.ip', 'client.ip', 'source.address', 'client.address'],
      method: ['http.request.method'],
      path: ['url.path', 'url.original', 'url.full'],
      status: ['http.response.status_code'],
    },
    durations: { 'event.duration': 'ns' },
    examples: [
      {
        line: '{"@timestamp":"2026-03-01T10:00:00.123Z","log":{"level":"info"},"message":"cart opened","service":{"name":"shop"},"event":{"duration":12500000},"http":{"response":{"status_code":200}},"url":{"path":"/lamp"}}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'shop',
          message: 'cart opened',
          path: '/lamp',
          status: 200,
          responseTimeMs: 12.5,
        },
      },
      {
        line: '{"@timestamp":"2026-03-01T10:00:00.123Z","log.level":"ERROR","message":"card declined","service.name":"shop","ecs.version":"1.2.0"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: 'shop',
          message: 'card declined',
        },
      },
    ],
  },
];
