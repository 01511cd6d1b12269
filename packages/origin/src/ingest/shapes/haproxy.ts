import type { Shape } from './shape.ts';

const SOURCE = 'https://docs.haproxy.org/3.0/configuration.html#8.2';
/** The header of syslog with `log … format rfc5424`, and with one set of structured data at most. */
const RFC5424 =
  '<\\d{1,3}>1 %{TIMESTAMP_ISO8601} (?<host>[^ ]{1,255}) (?<service>[^ ]{1,48}) (?:-|%{INT:pid:int}) [^ ]{1,32} ' +
  '(?:-|\\[[^\\]]{1,1024}\\]) ';
/** The header of syslog, which is there if a syslog daemon wrote the file; and the client with the accept date. */
const START =
  '(?:(?:<\\d{1,3}>)?(?:%{SYSLOGTIMESTAMP}|%{TIMESTAMP_ISO8601}) (?:(?<host>[^ ]+) )?(?<service>[\\w./-]+)' +
  `(?:\\[%{INT:pid:int}\\])?: |${RFC5424})?` +
  '(?<source>[0-9A-Fa-f:.]+|unix):%{INT:client_port:int} \\[%{HAPROXYDATE:timestamp}\\] ' +
  '%{NOTSPACE:frontend} ';
const SERVER = '(?<backend>[^ /]+)/(?<server>[^ ]+) ';
/** The last timer is the total; a plus sign says that the connection was still open (option logasap). */
const TOTAL = '(?:\\+(?<elapsed_ms>\\d+)|(?<duration_ms>-?\\d+))';
const CONNECTIONS = '(?<connections>\\d+/\\d+/\\d+/\\d+/\\+?\\d+) (?<queues>\\d+/\\d+)';

export const HAPROXY: readonly Shape[] = [
  {
    name: 'haproxy-http',
    title: 'HAProxy, HTTP format',
    family: 'proxies',
    source: SOURCE,
    // HAProxy cuts lines at 1,024 bytes, which can leave the request without its closing quote.
    pattern:
      `${START}${SERVER}(?<timers>(?:-?\\d+/){4})${TOTAL} (?<status>-?\\d{1,3}) \\+?%{INT:bytes:int} ` +
      '%{NOTSPACE:request_cookie} %{NOTSPACE:response_cookie} (?<termination>[\\w-]{4}) ' +
      `${CONNECTIONS}(?: (?<request_headers>\\{[^}]*\\}))?(?: (?<response_headers>\\{[^}]*\\}))? "(?<request>[^"]*)(?:"(?: %{GREEDYDATA:rest})?)?`,
    examples: [
      {
        line:
          'Feb  6 12:14:14 lb haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 ' +
          '10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"',
        record: {
          timestamp: '2009-02-06T12:14:14.655Z',
          level: 'INFO',
          service: 'haproxy',
          source: '10.0.1.2',
          method: 'GET',
          path: '/index.html',
          status: 200,
          responseTimeMs: 109,
          fields: { frontend: 'http-in', backend: 'static', server: 'srv1', host: 'lb', pid: 14_389, bytes: 2750 },
        },
      },
      {
        line:
          '2001:db8::7:33320 [06/Feb/2009:12:17:08.225] https-in~ static/<NOSRV> 0/-1/-1/-1/+67 503 +212 - - SC-- ' +
          '0/0/0/0/+3 0/0 "POST /pay HT',
        record: {
          level: 'ERROR',
          source: '2001:db8::7',
          status: 503,
          responseTimeMs: null,
          fields: { elapsed_ms: '67', termination: 'SC--', server: '<NOSRV>' },
        },
      },
      {
        line:
          '<134>1 2026-03-01T10:00:00+00:00 lb1 haproxy 31 - - 203.0.113.5:5100 [01/Mar/2026:10:00:00.120] fe~ be/s1 ' +
          '0/0/1/12/13 502 230 - - SH-- 1/1/0/0/0 0/0 "GET https://shop.example/lamp HTTP/2.0"',
        record: {
          timestamp: '2026-03-01T10:00:00.120Z',
          level: 'ERROR',
          service: 'haproxy',
          source: '203.0.113.5',
          method: 'GET',
          status: 502,
          responseTimeMs: 13,
          fields: { frontend: 'fe~', host: 'lb1', pid: 31 },
        },
      },
      {
        line: '10.0.1.2:33319 [06/Feb/2009:12:16:30.101] http-in http-in/<NOSRV> -1/-1/-1/-1/5007 -1 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"',
        record: { level: 'UNKNOWN', status: null, method: null, responseTimeMs: 5007, fields: { request: '<BADREQ>' } },
      },
    ],
  },
  {
    name: 'haproxy-tcp',
    title: 'HAProxy, TCP format',
    family: 'proxies',
    source: SOURCE,
    pattern:
      `${START}${SERVER}(?<timers>-?\\d+/-?\\d+)/${TOTAL} \\+?%{INT:bytes:int} (?<termination>[\\w-]{2}) ${CONNECTIONS}` +
      '(?: %{GREEDYDATA:rest})?',
    examples: [
      {
        line:
          'Feb  6 12:12:56 localhost haproxy[14387]: 10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 ' +
          '-- 0/0/0/0/3 0/0',
        record: {
          timestamp: '2009-02-06T12:12:51.443Z',
          level: 'UNKNOWN',
          source: '10.0.1.2',
          status: null,
          responseTimeMs: 5007,
          fields: { backend: 'bck', server: 'srv1', bytes: 212, termination: '--' },
        },
      },
    ],
  },
  {
    name: 'haproxy-error',
    title: 'HAProxy, connection errors',
    family: 'proxies',
    source: SOURCE,
    pattern: `${START.trimEnd()}: %{GREEDYDATA:message}`,
    examples: [
      {
        line:
          'Dec  3 18:27:14 lb haproxy[6103]: 127.0.0.1:56059 [03/Dec/2012:17:35:10.380] frt/f1: Connection error during ' +
          'SSL handshake',
        record: {
          timestamp: '2012-12-03T17:35:10.380Z',
          source: '127.0.0.1',
          message: 'Connection error during SSL handshake',
          fields: { frontend: 'frt/f1' },
        },
      },
    ],
  },
];
