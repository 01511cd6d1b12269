import type { Schema } from './schema.ts';

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
];
