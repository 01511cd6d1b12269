import type { Schema } from './schema.ts';

/** Web servers and proxies. */
export const PROXIES: readonly Schema[] = [
  {
    name: 'caddy-json',
    title: 'Caddy access log',
    family: 'proxies',
    source: 'https://caddyserver.com/docs/caddyfile/directives/log',
    has: ['ts', 'logger', 'request.uri|request>uri', 'status'],
    roles: {
      timestamp: ['ts'],
      level: ['level'],
      service: ['logger'],
      message: ['msg'],
      source: ['request.client_ip', 'request.remote_ip', 'request.remote_addr', 'request>remote_ip'],
      method: ['request.method', 'request>method'],
      path: ['request.uri', 'request>uri'],
      status: ['status'],
    },
    durations: { duration: 's', latency: 's' },
    examples: [
      {
        line: '{"level":"info","ts":1772359200.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"203.0.113.5","method":"GET","uri":"/lamp"},"duration":0.0125,"size":12,"status":200}',
        record: {
          timestamp: '2026-03-01T10:00:00.500Z',
          level: 'INFO',
          service: 'http.log.access',
          message: 'handled request',
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
    name: 'traefik-json',
    title: 'Traefik access log (JSON)',
    family: 'proxies',
    source: 'https://doc.traefik.io/traefik/observability/access-logs/',
    has: ['DownstreamStatus|OriginStatus', 'RequestMethod|RequestPath|RouterName|ServiceName|Duration'],
    roles: {
      timestamp: ['StartUTC', 'time', 'StartLocal'],
      level: ['level'],
      service: ['ServiceName', 'RouterName'],
      source: ['ClientHost', 'ClientAddr'],
      method: ['RequestMethod'],
      path: ['RequestPath'],
      status: ['DownstreamStatus', 'OriginStatus'],
    },
    durations: { Duration: 'ns' },
    notRoles: ['msg'],
    examples: [
      {
        line: '{"ClientHost":"203.0.113.5","DownstreamStatus":200,"Duration":12500000,"RequestMethod":"GET","RequestPath":"/lamp","ServiceName":"shop@docker","StartUTC":"2026-03-01T10:00:00.123456789Z","level":"info","msg":"","time":"2026-03-01T10:00:00Z"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'shop@docker',
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
    name: 'nginx-json',
    title: 'nginx access log (log_format … escape=json)',
    family: 'proxies',
    source: 'https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format',
    has: [
      'status|response_code|http_status|response|code',
      'time_local|time_iso8601|msec|body_bytes_sent|http_user_agent|http_referer|http_referrer|upstream_response_time|upstreamtime|' +
        'upstream_time|upstream_addr|upstream_status|upstreamhost|http_x_forwarded_for|remote_user|server_protocol|request_length|request_time',
      'remote_addr|clientip|client_ip|remote_ip|client|request|request_uri|uri|url|request_method|method',
    ],
    values: { request_time: /^\d{1,9}(?:\.\d{1,3})?$/ },
    roles: {
      timestamp: ['msec', 'time_iso8601', 'time_local', '@timestamp', 'timestamp', 'time'],
      source: ['remote_addr', 'clientip', 'client_ip', 'remote_ip', 'client'],
      method: ['request_method', 'method'],
      path: ['request_uri', 'uri', 'url', 'path', 'request'],
      status: ['status', 'response_code', 'http_status', 'response', 'code'],
    },
    durations: { request_time: 's', upstream_response_time: 's' },
    examples: [
      {
        line: '{"time_iso8601":"2026-03-01T11:00:00+01:00","remote_addr":"203.0.113.5","request":"GET /lamp HTTP/1.1","status":"200","request_time":"0.125","upstream_response_time":"0.120, 0.005"}',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          level: 'INFO',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 125,
        },
      },
    ],
  },
];
