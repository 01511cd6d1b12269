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
];
