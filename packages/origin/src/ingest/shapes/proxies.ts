import type { Shape } from './shape.ts';

/** Access logs of proxies and routers. Apache's and nginx's own formats are built in. */
export const PROXIES: readonly Shape[] = [
  {
    name: 'envoy',
    title: 'Envoy access log, default format',
    family: 'proxies',
    source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage',
    pattern:
      '\\[%{TIMESTAMP_ISO8601:timestamp}\\] %{QS:request} %{NOTSPACE:status} %{NOTSPACE:response_flags} ' +
      '%{NOTSPACE:bytes_received:int} %{NOTSPACE:bytes_sent:int} %{NOTSPACE:duration_ms} %{NOTSPACE:upstream_ms:int} ' +
      '%{QS:source} %{QS:user_agent} %{QS:request_id} %{QS:authority} %{QS:upstream_host}(?: %{GREEDYDATA:rest})?',
    examples: [
      {
        line:
          '[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 503 UF 154 0 226 100 "10.0.35.28, 10.1.0.1" ' +
          '"nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"',
        record: {
          timestamp: '2016-04-15T20:17:00.310Z',
          level: 'ERROR',
          source: '10.0.35.28',
          method: 'POST',
          path: '/api/v1/locations',
          status: 503,
          responseTimeMs: 226,
          fields: { response_flags: 'UF', upstream_ms: 100, authority: 'locations' },
        },
      },
      {
        line: '[2016-04-15T20:17:00.310Z] "GET /a HTTP/1.1" 0 DC 0 0 4 - "-" "-" "-" "-" "-"',
        record: {
          level: 'UNKNOWN',
          status: null,
          source: null,
          path: '/a',
          responseTimeMs: 4,
          fields: { status: '0' },
        },
      },
    ],
  },
  {
    name: 'traefik-access',
    title: 'Traefik access log (CLF)',
    family: 'proxies',
    source: 'https://doc.traefik.io/traefik/observability/access-logs/',
    pattern:
      '%{NOTSPACE:source} %{NOTSPACE:ident} (?<user>[^\\[]+) \\[%{HTTPDATE:timestamp}\\] %{QS:request} (?<status>\\d{3}|-) ' +
      '%{NOTSPACE:bytes:int} %{QS:referer} %{QS:user_agent} %{NOTSPACE:request_count:int} (?:%{QS:router}|-) ' +
      '(?:%{QS:server}|-) (?<duration>\\d+ms)',
    examples: [
      {
        line:
          '10.0.0.1 - anna [15/Apr/2020:12:00:01 +0200] "GET /lamp?id=1 HTTP/1.1" 502 11 "-" "curl/8" 501 "shop@docker" ' +
          '"http://172.17.0.3:80" 3001ms',
        record: {
          timestamp: '2020-04-15T10:00:01.000Z',
          level: 'ERROR',
          source: '10.0.0.1',
          method: 'GET',
          path: '/lamp?id=1',
          status: 502,
          responseTimeMs: 3001,
          fields: { user: 'anna', router: 'shop@docker', bytes: 11 },
        },
      },
    ],
  },
];
