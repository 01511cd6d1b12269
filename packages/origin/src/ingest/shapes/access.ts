import type { Shape } from './shape.ts';

/** The combined log format, which Apache, nginx, Traefik and others begin their lines with. */
const COMBINED =
  '%{NOTSPACE:source} %{NOTSPACE:ident} (?<user>[^\\[]+) \\[%{HTTPDATE:timestamp}\\] %{QS:request} (?<status>\\d{3}|-) ' +
  '%{NOTSPACE:bytes:int} %{QS:referer} %{QS:user_agent}';

/**
 * Access logs that continue the combined format with a duration whose unit is certain. A whole number alone could be
 * seconds, milliseconds or microseconds, so the built-in format keeps it in `fields.rest`.
 */
export const ACCESS: readonly Shape[] = [
  {
    name: 'traefik-access',
    title: 'Traefik access log (CLF)',
    family: 'proxies',
    source: 'https://doc.traefik.io/traefik/observability/access-logs/',
    pattern: `${COMBINED} %{NOTSPACE:request_count:int} (?:%{QS:router}|-) (?:%{QS:server}|-) (?<duration>\\d+ms)`,
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
  {
    name: 'ingress-nginx',
    title: 'Kubernetes Ingress NGINX controller',
    family: 'proxies',
    source: 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/',
    pattern:
      `${COMBINED} %{INT:request_length:int} (?<duration_s>\\d+\\.\\d{3}) \\[(?<upstream>[^\\]]*)\\] ` +
      '\\[(?<alternative_upstream>[^\\]]*)\\] %{GREEDYDATA:rest}',
    examples: [
      {
        line:
          '192.0.2.7 - - [15/Apr/2020:12:00:01 +0000] "GET /lamp HTTP/1.1" 404 11 "-" "curl/8" 415 0.125 ' +
          '[shop-web-80] [] 10.1.2.3:8080 11 0.124 404 9f0c',
        record: {
          timestamp: '2020-04-15T12:00:01.000Z',
          level: 'WARN',
          source: '192.0.2.7',
          path: '/lamp',
          status: 404,
          responseTimeMs: 125,
          fields: { upstream: 'shop-web-80', request_length: 415 },
        },
      },
    ],
  },
  {
    name: 'nginx-timing',
    title: 'nginx combined format with rt=',
    family: 'proxies',
    source: 'https://www.f5.com/company/blog/nginx/using-nginx-logging-for-application-performance-monitoring',
    pattern: `${COMBINED}(?: %{QS:forwarded_for})? rt=(?<duration_s>\\d+\\.\\d{3})(?: %{GREEDYDATA:rest})?`,
    examples: [
      {
        line:
          '192.0.2.7 - - [15/Apr/2020:12:00:01 +0000] "GET /lamp HTTP/1.1" 200 11 "-" "curl/8" rt=0.250 uct="0.001" ' +
          'uht="0.240" urt="0.240"',
        record: {
          level: 'INFO',
          status: 200,
          responseTimeMs: 250,
          fields: { rest: 'uct="0.001" uht="0.240" urt="0.240"' },
        },
      },
    ],
  },
  {
    name: 'apache-seconds-micros',
    title: 'Apache combined format with **%T/%D**',
    family: 'proxies',
    source: 'https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats',
    pattern: `${COMBINED} \\*\\*%{INT:seconds:int}/%{INT:duration_us}\\*\\*`,
    examples: [
      {
        line: '192.0.2.7 - - [15/Apr/2020:12:00:01 +0000] "GET /b HTTP/1.1" 500 11 "-" "curl/8" **3/3001000**',
        record: { level: 'ERROR', status: 500, path: '/b', responseTimeMs: 3001, fields: { seconds: 3 } },
      },
    ],
  },
  {
    name: 'squid',
    title: 'Squid access log, native format',
    family: 'proxies',
    source: 'https://wiki.squid-cache.org/Features/LogFormat',
    pattern:
      '(?<timestamp>\\d{10}\\.\\d{3}) +%{INT:duration_ms} %{NOTSPACE:source} (?<result>[A-Z_]+)/(?<status>\\d{3}) ' +
      '%{INT:bytes:int} (?<method>[A-Z_-]+) %{NOTSPACE:url} %{NOTSPACE:user} (?<hierarchy>[A-Z_]+)/%{NOTSPACE:peer}' +
      '(?: %{NOTSPACE:content_type})?(?: %{GREEDYDATA:rest})?',
    examples: [
      {
        line: '1286536309.586    921 192.168.0.68 TCP_MISS/200 507 POST http://shop.example/pay - DIRECT/10.0.2.1 application/xml',
        record: {
          timestamp: '2010-10-08T11:11:49.586Z',
          level: 'INFO',
          source: '192.168.0.68',
          method: 'POST',
          status: 200,
          responseTimeMs: 921,
          fields: { url: 'http://shop.example/pay', result: 'TCP_MISS', bytes: 507 },
        },
      },
    ],
  },
];
