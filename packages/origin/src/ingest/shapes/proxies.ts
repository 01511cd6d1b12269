import { ACCESS } from './access.ts';
import { HAPROXY } from './haproxy.ts';
import type { Shape } from './shape.ts';

/** Start, result and first part of Envoy's lines; the variant of Istio has three columns between the two. */
const ENVOY_START = '\\[%{TIMESTAMP_ISO8601:timestamp}\\] %{QS:request} %{NOTSPACE:status} %{NOTSPACE:response_flags} ';
const ENVOY_REST =
  '%{NOTSPACE:bytes_received:int} %{NOTSPACE:bytes_sent:int} %{NOTSPACE:duration_ms} %{NOTSPACE:upstream_ms:int} ' +
  '%{QS:source} %{QS:user_agent} %{QS:request_id} %{QS:authority} %{QS:upstream_host}';

const ENVOY: readonly Shape[] = [
  {
    name: 'istio',
    title: 'Istio access log, default format',
    family: 'proxies',
    source: 'https://istio.io/latest/docs/tasks/observability/logs/access-log/',
    pattern:
      `${ENVOY_START}(?:%{NOTSPACE:response_code_details} %{NOTSPACE:termination_details} )?%{QS:upstream_failure} ${ENVOY_REST} ` +
      '%{NOTSPACE:upstream_cluster} %{NOTSPACE:upstream_local} %{NOTSPACE:downstream_local} %{NOTSPACE:source} ' +
      '%{NOTSPACE:server_name}(?: %{NOTSPACE:route})?',
    examples: [
      {
        line:
          '[2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 4 4 "-" "curl/7.73.0-DEV" ' +
          '"84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 ' +
          '10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.httpbin.foo.svc.cluster.local default',
        record: {
          timestamp: '2020-11-25T21:26:18.409Z',
          level: 'WARN',
          source: '10.44.1.23',
          method: 'GET',
          path: '/status/418',
          status: 418,
          responseTimeMs: 4,
          fields: { upstream_cluster: 'inbound|8000||', response_code_details: 'via_upstream' },
        },
      },
      {
        line:
          '[2019-03-06T09:31:27.360Z] "GET /status/418 HTTP/1.1" 418 - "-" 0 135 5 2 "-" "curl/7.60.0" ' +
          '"d209e46f-9ed5-9b61-bbdd-43e22662702a" "httpbin:8000" "127.0.0.1:80" ' +
          'inbound|8000|http|httpbin.default.svc.cluster.local - 172.30.146.73:80 172.30.146.82:38618 outbound_.8000_._.httpbin',
        record: { level: 'WARN', status: 418, responseTimeMs: 5, source: '172.30.146.82' },
      },
    ],
  },
  {
    name: 'envoy',
    title: 'Envoy access log, default format',
    family: 'proxies',
    source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage',
    pattern: `${ENVOY_START}${ENVOY_REST}(?: %{GREEDYDATA:rest})?`,
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
];

const ENVOY_SERVER: readonly Shape[] = [
  {
    name: 'envoy-server',
    title: 'Envoy, log of the server',
    family: 'proxies',
    source: 'https://www.envoyproxy.io/docs/envoy/latest/operations/cli#cmdoption-log-format',
    pattern:
      '\\[%{TIMESTAMP_ISO8601:timestamp}\\]\\[(?<thread>\\d{1,10})\\]\\[(?<level>trace|debug|info|warning|error|critical)\\]\\[(?<service>[\\w.-]{1,64})\\] (?:\\[(?<code>[^\\]]{1,255}:\\d{1,9})\\] )?%{GREEDYDATA:message}',
    examples: [
      {
        line: '[2020-11-25 21:26:18.409][1][warning][config] [source/server/options_impl.cc:60] deprecated option',
        record: {
          timestamp: '2020-11-25T21:26:18.409Z',
          level: 'WARN',
          service: 'config',
          message: 'deprecated option',
          fields: { thread: '1', code: 'source/server/options_impl.cc:60' },
        },
      },
    ],
  },
];

/** What a line of a transaction begins with: a hyphen for each level, from the fourth level on its number (`-4-`). */
const VARNISH_LINE = '(?:-{1,4}|-\\d{1,3}-) {1,4}';

const VARNISH: readonly Shape[] = [
  {
    name: 'varnishlog',
    title: 'Varnish, transactions of varnishlog',
    family: 'proxies',
    source: 'https://varnish-cache.org/docs/trunk/reference/vsl.html',
    // varnishlog pads the number of the transaction to ten characters.
    pattern:
      '(?:\\*{1,4}|\\*\\d{1,3}\\*) {1,4}<< (?<type>Request|BeReq|Session) {1,8}>> (?<transaction>\\d{1,20}) {0,10}',
    further: [
      `${VARNISH_LINE}ReqStart {1,16}(?<source>[^ ]{1,64}) (?<client_port>\\d{1,5}).*`,
      `${VARNISH_LINE}(?:Req|Bereq)Method {1,16}(?<method>[A-Z]{3,10})`,
      `${VARNISH_LINE}(?:Req|Bereq)URL {1,16}(?<path>/[^ ]{0,8191})`,
      `${VARNISH_LINE}(?:Resp|Beresp)Status {1,16}(?<status>\\d{3})`,
      `${VARNISH_LINE}Timestamp {1,16}Start: (?<timestamp>\\d{10}\\.\\d{6}) .*`,
      `${VARNISH_LINE}Timestamp {1,16}(?:Resp|BerespBody): \\d{10}\\.\\d{6} (?<duration_s>\\d{1,9}\\.\\d{6}) .*`,
    ],
    continues: '(?:-{1,4}|-\\d{1,3}-) .*',
    examples: [
      {
        line:
          '*   << Request  >> 32770\n-   Begin          req 32769 rxreq\n' +
          '-   Timestamp      Start: 1772359200.123456 0.000000 0.000000\n-   ReqStart       203.0.113.5 51234 http\n' +
          '-   ReqMethod      GET\n-   ReqURL         /lamp\n-   RespStatus     503\n' +
          '-   Timestamp      Resp: 1772359200.248456 0.125000 0.000100\n-   End',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 503,
          responseTimeMs: 125,
        },
      },
      {
        line:
          '*4* << BeReq    >> 5         \n-4- Begin          bereq 4 fetch\n' +
          '-4- Timestamp      Start: 1772359201.500000 0.000000 0.000000\n-4- BereqMethod    POST\n-4- BereqURL       /pay\n' +
          '-4- BerespStatus   200\n-4- End            ',
        record: { timestamp: '2026-03-01T10:00:01.500Z', method: 'POST', path: '/pay', status: 200 },
      },
    ],
  },
];

const HEROKU: readonly Shape[] = [
  {
    name: 'heroku-router',
    title: 'Heroku router',
    family: 'proxies',
    source: 'https://devcenter.heroku.com/articles/http-routing',
    // `at` is info for every answer of the application, also for 500, so the status implies the level.
    pattern:
      '%{TIMESTAMP_ISO8601:timestamp} heroku\\[(?<service>router)\\]: at=%{WORD:at}(?: code=%{WORD:code})?' +
      '(?: desc=%{QS:description})? method=(?<method>[^ ]*) path=(?:%{QS:path}|(?<path>[^ "][^ ]*)) host=(?<host>[^ ]*)' +
      '(?: request_id=(?<request_id>[^ ]*))? fwd=(?:%{QS:source}|(?<source>[^ "]*)) dyno=(?<dyno>[^ ]*) ' +
      'connect=(?<connect>[^ ]*) service=(?<duration>[^ ]*) status=(?<status>[^ ]*) bytes=(?<bytes>[^ ]*)(?: %{GREEDYDATA:rest})?',
    examples: [
      {
        line:
          '2012-10-11T03:47:20.123456+00:00 heroku[router]: at=error code=H12 desc="Request timeout" method=GET path="/a?b=1" ' +
          'host=myapp.herokuapp.com request_id=8601b555-6a83-4c12-8269-97c8e32cdb22 fwd="204.204.204.204" dyno=web.1 ' +
          'connect=1ms service=30000ms status=503 bytes=0 protocol=http',
        record: {
          timestamp: '2012-10-11T03:47:20.123Z',
          level: 'ERROR',
          service: 'router',
          source: '204.204.204.204',
          method: 'GET',
          path: '/a?b=1',
          status: 503,
          responseTimeMs: 30_000,
          fields: { code: 'H12', description: 'Request timeout', dyno: 'web.1', connect: '1ms' },
        },
      },
      {
        line:
          '2012-10-11T03:47:20+00:00 heroku[router]: at=error code=H10 desc="App crashed" method=GET path=/ ' +
          'host=myapp.herokuapp.com fwd="204.204.204.204" dyno= connect= service= status=503 bytes=',
        record: { level: 'ERROR', path: '/', status: 503, responseTimeMs: null },
      },
    ],
  },
  {
    name: 'heroku',
    title: 'Heroku log of an application',
    family: 'proxies',
    source: 'https://devcenter.heroku.com/articles/logging',
    pattern: '%{TIMESTAMP_ISO8601:timestamp} (?<origin>app|heroku)\\[(?<service>[\\w.-]+)\\]: (?<payload>.*)',
    payload: 'payload',
    stream: ['origin', 'service'],
    examples: [
      {
        line: '2010-09-16T15:13:46.677020+00:00 app[web.1]: Error: card declined',
        payload: 'Error: card declined',
        record: { timestamp: '2010-09-16T15:13:46.677Z', service: 'web.1', level: 'ERROR', fields: { origin: 'app' } },
      },
    ],
  },
];

/** Access logs of proxies and routers, from the most specific one on. */
export const PROXIES: readonly Shape[] = [...HEROKU, ...ENVOY, ...ENVOY_SERVER, ...HAPROXY, ...VARNISH, ...ACCESS];
