import type { Shape } from './shape.ts';

const METHOD = '(?<method>[A-Z]{3,10})';
const PATH = '(?<path>[^ "]{1,8192})';
const MORGAN_DURATION = '(?:(?<duration_ms>\\d{1,9}\\.\\d{1,3})|-) ms';

/** Requests as frameworks write them, in layouts that differ from those of web servers. */
export const FRAMEWORK_REQUESTS: readonly Shape[] = [
  {
    name: 'werkzeug',
    title: 'Werkzeug (Flask) and http.server of Python',
    family: 'applications',
    source: 'https://docs.python.org/3/library/http.server.html#http.server.BaseHTTPRequestHandler.log_message',
    pattern:
      '(?:(?<level>INFO):(?<service>werkzeug):)?(?<source>[0-9A-Fa-f.:]{2,45}) - - ' +
      `\\[(?<date>\\d{2}/[A-Z][a-z]{2}/\\d{4}) (?<time>\\d{2}:\\d{2}:\\d{2})\\] "${METHOD} ${PATH}(?: HTTP/\\d(?:\\.\\d)?)?" (?<status>\\d{3}) (?<bytes>\\d{1,15}|-)`,
    instant: '{date}:{time}',
    examples: [
      {
        line: '203.0.113.5 - - [01/Mar/2026 10:00:00] "GET /lamp HTTP/1.1" 404 -',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          level: 'WARN',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 404,
        },
      },
      {
        line: 'INFO:werkzeug:203.0.113.5 - - [01/Mar/2026 10:00:00] "GET /lamp HTTP/1.1" 200 -',
        record: { level: 'INFO', service: 'werkzeug', source: '203.0.113.5', path: '/lamp', status: 200 },
      },
    ],
  },
  {
    name: 'morgan-dev',
    title: 'morgan (Node.js), formats dev and tiny',
    family: 'applications',
    source: 'https://github.com/expressjs/morgan#predefined-formats',
    pattern:
      `${METHOD} ${PATH} (?<status>\\d{3}|-) ` +
      `(?:${MORGAN_DURATION} - (?<bytes>\\d{1,15}|-)|(?<bytes>\\d{1,15}|-) - ${MORGAN_DURATION})`,
    examples: [
      {
        line: 'GET /lamp 404 12.345 ms - 150',
        record: {
          level: 'WARN',
          method: 'GET',
          path: '/lamp',
          status: 404,
          responseTimeMs: 12.345,
          fields: { bytes: '150' },
        },
      },
      { line: 'POST /pay 500 - - 3.500 ms', record: { level: 'ERROR', status: 500, responseTimeMs: 3.5 } },
      { line: 'GET /lamp - - ms - -', record: { level: 'UNKNOWN', status: null, responseTimeMs: null } },
    ],
  },
  {
    name: 'php-fpm-access',
    title: 'PHP-FPM, access log',
    family: 'applications',
    source: 'https://www.php.net/manual/en/install.fpm.configuration.php#access-format',
    pattern: `(?<source>[0-9A-Fa-f.:]{2,45}|-) - (?<user>[^ ]{0,128}) %{HTTPDATE:timestamp} "${METHOD} ${PATH}" (?<status>\\d{3})`,
    examples: [
      {
        line: '203.0.113.5 -  01/Mar/2026:10:00:04 +0000 "GET /index.php" 200',
        record: {
          timestamp: '2026-03-01T10:00:04.000Z',
          level: 'INFO',
          source: '203.0.113.5',
          method: 'GET',
          path: '/index.php',
          status: 200,
        },
      },
    ],
  },
];
