import type { Schema } from './schema.ts';

/** Services between clients and programs. */
export const EDGE: readonly Schema[] = [
  {
    name: 'cloudflare-http',
    title: 'Cloudflare HTTP requests (Logpush)',
    family: 'cloud',
    source: 'https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests/',
    has: ['EdgeStartTimestamp|EdgeEndTimestamp', 'EdgeResponseStatus|ClientRequestMethod'],
    roles: {
      timestamp: ['EdgeStartTimestamp', 'EdgeEndTimestamp'],
      source: ['ClientIP'],
      method: ['ClientRequestMethod'],
      path: ['ClientRequestPath', 'ClientRequestURI'],
      status: ['EdgeResponseStatus'],
    },
    durations: { EdgeTimeToFirstByteMs: 'ms' },
    examples: [
      {
        line: '{"EdgeStartTimestamp":1772359200123000000,"ClientIP":"203.0.113.5","ClientRequestMethod":"GET","ClientRequestURI":"/lamp","EdgeResponseStatus":200,"EdgeTimeToFirstByteMs":12}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 12,
        },
      },
    ],
  },
  {
    name: 'heroku-router',
    title: 'Heroku router (key=value)',
    family: 'cloud',
    source: 'https://devcenter.heroku.com/articles/http-routing#heroku-router-log-format',
    has: ['at', 'method', 'path', 'dyno', 'fwd', 'service'],
    roles: { level: ['at'], source: ['fwd'], method: ['method'], path: ['path'], status: ['status'] },
    durations: { service: null },
    examples: [
      {
        line: 'at=info method=GET path="/lamp" host=shop.example request_id=8601b555 fwd="203.0.113.5" dyno=web.1 connect=1ms service=18ms status=200 bytes=13',
        record: {
          level: 'INFO',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 18,
        },
      },
    ],
  },
];
