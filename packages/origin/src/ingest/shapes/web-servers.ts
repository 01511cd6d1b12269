import type { Shape } from './shape.ts';

/** Web servers whose lines are neither an access log of the common kind nor a header with columns. */
export const WEB_SERVERS: readonly Shape[] = [
  {
    name: 'caddy-console',
    title: 'Caddy, console encoder',
    family: 'proxies',
    source: 'https://caddyserver.com/docs/caddyfile/directives/log#console',
    // The logger's name is optional; a column of JSON after the first text is the context, not the message.
    pattern:
      '(?<timestamp>\\d{4}/\\d{2}/\\d{2} \\d{2}:\\d{2}:\\d{2}\\.\\d{3})\\t(?<level>DEBUG|INFO|WARN|ERROR|PANIC|FATAL)\\t(?:(?<service>[\\w.-]{1,128})\\t(?!\\{))?(?<message>[^\\t]*)(?:\\t(?<context>\\{.*))?',
    examples: [
      {
        line: '2026/03/01 10:00:00.123\tINFO\tadmin\tadmin endpoint started\t{"address": "localhost:2019"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'admin',
          message: 'admin endpoint started',
          fields: { context: '{"address": "localhost:2019"}' },
        },
      },
      {
        line: '2026/03/01 10:00:01.123\tWARN\tcaddyfile\tCaddyfile input is not formatted',
        record: { level: 'WARN', service: 'caddyfile', message: 'Caddyfile input is not formatted' },
      },
      {
        line: '2026/03/01 10:00:02.123\tINFO\tserving\t{"file": "Caddyfile"}',
        record: { level: 'INFO', service: null, message: 'serving' },
      },
    ],
  },
  {
    name: 'iis-native',
    title: 'Microsoft IIS log file format',
    family: 'proxies',
    source: 'https://learn.microsoft.com/en-us/previous-versions/iis/6.0-sdk/ms525807(v=vs.90)',
    // The order of day and month is that of the server's locale, and the time is local, so they stay in fields.
    pattern:
      '(?<source>[0-9A-Fa-f.:]{3,45}), (?<user>[^,]{1,256}), (?<date>\\d{1,4}[/.-]\\d{1,2}[/.-]\\d{1,4}), (?<time>\\d{1,2}:\\d{2}:\\d{2}), (?<service>[A-Z0-9]{1,32}), (?<server>[^,]{1,64}), (?<server_ip>[0-9A-Fa-f.:]{3,45}), (?<duration_ms>\\d{1,10}), (?<received_bytes>\\d{1,15}), (?<sent_bytes>\\d{1,15}), (?<status>\\d{1,3}), (?<windows_status>\\d{1,10}), (?<method>[A-Z]{1,16}|-), (?<path>[^,]{1,8192}), (?:(?<query>.*[^,]),?)?',
    examples: [
      {
        line: '192.168.114.201, -, 03/20/01, 7:55:20, W3SVC2, SALES1, 172.21.13.45, 4502, 163, 3223, 200, 0, GET, /DeptLogo.gif, -,',
        record: {
          timestamp: null,
          level: 'INFO',
          service: 'W3SVC2',
          source: '192.168.114.201',
          method: 'GET',
          path: '/DeptLogo.gif',
          status: 200,
          responseTimeMs: 4502,
          fields: { date: '03/20/01', time: '7:55:20', server: 'SALES1', server_ip: '172.21.13.45' },
        },
      },
    ],
  },
];
