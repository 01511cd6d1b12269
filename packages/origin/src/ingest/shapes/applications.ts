import type { Shape } from './shape.ts';

const REQUEST = '(?<method>[A-Z]{3,10}) (?<path>[^ "]{1,8192})(?: HTTP/\\d(?:\\.\\d)?)?';

/** Loggers of languages and frameworks whose layout the family `application` does not cover. */
export const APPLICATIONS: readonly Shape[] = [
  {
    name: 'ruby-logger',
    title: 'Ruby Logger and Rails',
    family: 'applications',
    source: 'https://docs.ruby-lang.org/en/master/Logger/Formatter.html',
    pattern:
      '[DIWEFA], \\[(?<timestamp>\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{6})?) #(?<pid>\\d{1,10})\\] {1,3}(?<level>DEBUG|INFO|WARN|ERROR|FATAL|ANY) -- (?<service>[^:]{1,200})?: %{GREEDYDATA:message}',
    levels: { ANY: 'UNKNOWN' },
    examples: [
      {
        line: 'W, [2026-03-01T10:00:01.123456 #4242]  WARN -- shop: slow query',
        record: {
          timestamp: '2026-03-01T10:00:01.123Z',
          level: 'WARN',
          service: 'shop',
          message: 'slow query',
          fields: { pid: '4242' },
        },
      },
      {
        line: 'E, [2026-03-01T10:00:02.123456 #4242] ERROR -- : card declined',
        record: { level: 'ERROR', service: null, message: 'card declined' },
      },
      {
        line: 'A, [2026-03-01T10:00:03 #4242]   ANY -- : started',
        record: { timestamp: '2026-03-01T10:00:03.000Z', level: 'UNKNOWN', message: 'started' },
      },
    ],
  },
  {
    name: 'nestjs',
    title: 'NestJS',
    family: 'applications',
    source: 'https://docs.nestjs.com/techniques/logger',
    pattern:
      '\\[(?<app>[^\\]]{1,64})\\] (?<pid>\\d{1,10}) {1,3}- (?<timestamp>[^\\s\\[][^\\[]{9,40}[^\\s\\[])(?: {2,8}(?:(?<level>LOG|ERROR|WARN|DEBUG|VERBOSE|FATAL) )?| (?<level>VERBOSE) )(?:\\[(?<service>[^\\]]{1,128})\\] )?%{GREEDYDATA:message}',
    examples: [
      {
        line: '[Nest] 4242  - 03/01/2026, 2:00:00 PM     LOG [NestFactory] Starting Nest application...',
        record: {
          timestamp: '2026-03-01T14:00:00.000Z',
          level: 'INFO',
          service: 'NestFactory',
          message: 'Starting Nest application...',
          fields: { app: 'Nest', pid: '4242' },
        },
      },
      {
        line: '[Nest] 7  - 03/01/2026, 10:00:02 AM VERBOSE [Shop] opened',
        record: { timestamp: '2026-03-01T10:00:02.000Z', level: 'TRACE', service: 'Shop', message: 'opened' },
      },
    ],
  },
  {
    name: 'uvicorn',
    title: 'Uvicorn',
    family: 'applications',
    source: 'https://uvicorn.dev/settings/#logging',
    pattern: `(?:(?<level>TRACE|DEBUG|INFO|WARNING|ERROR): {2,8}|(?<level>CRITICAL): {1,8})(?<message>(?:(?<source>[0-9A-Fa-f.:\\[\\]]{2,45}):(?<client_port>\\d{1,5}) - "${REQUEST}" (?<status>\\d{3}))?.*)`,
    examples: [
      {
        line: 'INFO:     127.0.0.1:52100 - "GET /lamp?x=1 HTTP/1.1" 200 OK',
        record: { level: 'INFO', source: '127.0.0.1', method: 'GET', path: '/lamp?x=1', status: 200 },
      },
      { line: 'INFO:     ::1:52100 - "GET /lamp HTTP/1.1" 200 OK', record: { source: '::1', status: 200 } },
      {
        line: 'WARNING:  Invalid HTTP request received.',
        record: { level: 'WARN', message: 'Invalid HTTP request received.' },
      },
    ],
  },
  {
    name: 'django-server',
    title: 'Django development server',
    family: 'applications',
    source: 'https://docs.djangoproject.com/en/5.2/ref/logging/#django-server',
    pattern: `\\[(?<date>\\d{2}/[A-Z][a-z]{2}/\\d{4}) (?<time>\\d{2}:\\d{2}:\\d{2})\\] (?<message>"${REQUEST}" (?<status>\\d{3}) (?<bytes>\\d{1,15}|-))`,
    instant: '{date}:{time}',
    examples: [
      {
        line: '[01/Mar/2026 10:00:00] "GET /lamp HTTP/1.1" 404 2345',
        record: { timestamp: '2026-03-01T10:00:00.000Z', level: 'WARN', method: 'GET', path: '/lamp', status: 404 },
      },
    ],
  },
  {
    name: 'monolog',
    title: 'Monolog: Laravel, Symfony',
    family: 'applications',
    source: 'https://github.com/Seldaek/monolog/blob/main/doc/message-structure.md',
    pattern:
      '\\[%{TIMESTAMP_ISO8601:timestamp}\\] (?<service>[\\w-]{1,128})\\.(?<level>DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): %{GREEDYDATA:message}',
    continues: '\\[(?:stacktrace|previous exception)\\].*|"\\} ?(?:\\[\\])?|#\\d{1,5} .*',
    examples: [
      {
        line: '[2026-03-01 10:00:00] production.ERROR: Undefined variable $cart {"userId":7}',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          level: 'ERROR',
          service: 'production',
          message: 'Undefined variable $cart {"userId":7}',
        },
      },
      {
        line: '[2026-03-01T10:00:00.123456+01:00] request.INFO: Matched route "cart". {"route":"cart"} []',
        record: { timestamp: '2026-03-01T09:00:00.123Z', level: 'INFO', service: 'request' },
      },
    ],
  },
  {
    name: 'dotnet-console',
    title: '.NET console logger',
    family: 'applications',
    source: 'https://learn.microsoft.com/en-us/dotnet/core/extensions/console-log-formatter',
    pattern:
      '(?:(?:%{TIMESTAMP_ISO8601:timestamp}|\\[?(?<time>\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,7})?)\\]?) ?)?(?<level>trce|dbug|info|warn|fail|crit): (?<service>[\\w.`+<>-]{1,255})\\[(?<event_id>-?\\d{1,10})\\](?: %{GREEDYDATA:message})?',
    levels: { trce: 'TRACE', dbug: 'DEBUG', fail: 'ERROR', crit: 'FATAL' },
    further: [' {6}%{GREEDYDATA:message}'],
    continues: ' {6}.*',
    examples: [
      {
        line: 'fail: Shop.Pay[0]\n      card declined\n      order 17',
        record: {
          level: 'ERROR',
          service: 'Shop.Pay',
          message: 'card declined\n      order 17',
          fields: { event_id: '0' },
        },
      },
      {
        line: '2026-03-01T10:00:00.000Z info: Shop.Cart[14] opened',
        record: { timestamp: '2026-03-01T10:00:00.000Z', level: 'INFO', message: 'opened' },
      },
      {
        line: '[10:00:01] dbug: Shop.Cart[1]',
        record: { timestamp: null, level: 'DEBUG', fields: { time: '10:00:01' } },
      },
    ],
  },
  {
    name: 'log4net',
    title: 'log4net, with the nested context',
    family: 'applications',
    source: 'https://logging.apache.org/log4net/manual/configuration/layouts.html',
    pattern:
      '%{TIMESTAMP_ISO8601:timestamp} \\[(?<thread>[^\\]]{1,128})\\] (?<level>DEBUG|INFO|WARN|ERROR|FATAL) {1,3}(?<service>[\\w.+`]{1,255}) (?:\\[(?<context>[^\\]]{0,255})\\]|\\(null\\)) - %{GREEDYDATA:message}',
    absent: ['-', '(null)'],
    examples: [
      {
        line: '2026-03-01 10:00:00,123 [1] INFO  Shop.Cart [(null)] - cart opened',
        record: { level: 'INFO', service: 'Shop.Cart', message: 'cart opened', fields: { thread: '1' } },
      },
      {
        line: '2026-03-01 10:00:00,123 [7] DEBUG Shop.Cart (null) - opened',
        record: { level: 'DEBUG', service: 'Shop.Cart', message: 'opened', fields: { thread: '7' } },
      },
    ],
  },
];
