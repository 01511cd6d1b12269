import type { Shape } from './shape.ts';

const JAVA_LOGGER = '[\\w$.\\[\\]/-]{1,255}';

/** Usual layouts of logging libraries that say which column is which, where the family `application` would guess. */
export const LAYOUTS: readonly Shape[] = [
  {
    name: 'spring-boot',
    title: 'Spring Boot',
    family: 'applications',
    source: 'https://docs.spring.io/spring-boot/reference/features/logging.html',
    // Since 3.2 the application's name is before the thread, and the trace identifier after it.
    pattern: `%{TIMESTAMP_ISO8601:timestamp} {1,2}(?<level>TRACE|DEBUG|INFO|WARN|ERROR) (?<pid>\\d{1,10}|) {0,1}--- (?:\\[(?<application>[^\\]]{1,128})\\] )?\\[ {0,32}(?<thread>[^\\] ][^\\]]{0,127})\\] (?:\\[(?<trace>[0-9a-f-]{0,80}) {0,80}\\] ?)?(?<service>${JAVA_LOGGER}) {0,80}: %{GREEDYDATA:message}`,
    examples: [
      {
        line: '2026-03-01T10:00:00.123+01:00  INFO 40164 --- [shop] [           main] o.s.b.Application                        : Starting Application',
        record: {
          timestamp: '2026-03-01T09:00:00.123Z',
          level: 'INFO',
          service: 'o.s.b.Application',
          message: 'Starting Application',
          fields: { pid: '40164', application: 'shop', thread: 'main' },
        },
      },
      {
        line: '2026-03-01T10:00:00.123Z ERROR 7 --- [nio-8080-exec-1] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : declined',
        record: { level: 'ERROR', service: 'o.a.c.c.C.[.[.[/].[dispatcherServlet]', message: 'declined' },
      },
    ],
  },
  {
    name: 'nlog',
    title: 'NLog, default layout',
    family: 'applications',
    source: 'https://github.com/NLog/NLog/wiki/Configuration-file',
    pattern:
      '(?<timestamp>\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}\\.\\d{4})\\|(?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\\|(?<service>[\\w.`+<>-]{1,255})\\|%{GREEDYDATA:message}',
    examples: [
      {
        line: '2026-03-01 10:00:00.1234|ERROR|Shop.Pay|card declined',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: 'Shop.Pay',
          message: 'card declined',
        },
      },
    ],
  },
  {
    name: 'celery',
    title: 'Celery worker',
    family: 'applications',
    source: 'https://docs.celeryq.dev/en/stable/userguide/configuration.html#worker-log-format',
    pattern:
      '\\[%{TIMESTAMP_ISO8601:timestamp}: (?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL)/(?<process>[\\w-]{1,64})\\] %{GREEDYDATA:message}',
    examples: [
      {
        line: '[2026-03-01 10:00:00,123: ERROR/ForkPoolWorker-1] Task shop.pay[7f3a] raised unexpected: KeyError(1)',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: null,
          message: 'Task shop.pay[7f3a] raised unexpected: KeyError(1)',
          fields: { process: 'ForkPoolWorker-1' },
        },
      },
    ],
  },
  {
    name: 'airflow',
    title: 'Apache Airflow',
    family: 'applications',
    source: 'https://airflow.apache.org/docs/apache-airflow/2.10.5/configurations-ref.html#log-format',
    pattern:
      '\\[%{TIMESTAMP_ISO8601:timestamp}\\] \\{(?<file>[^}:]{1,255}):(?<code_line>\\d{1,9})\\} (?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) - %{GREEDYDATA:message}',
    examples: [
      {
        line: '[2026-03-01T10:00:00.123+0000] {taskinstance.py:1157} INFO - Dependencies all met',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          message: 'Dependencies all met',
          fields: { file: 'taskinstance.py', code_line: '1157' },
        },
      },
    ],
  },
  {
    name: 'sidekiq',
    title: 'Sidekiq',
    family: 'applications',
    source: 'https://github.com/sidekiq/sidekiq/wiki/Logging',
    pattern:
      '(?<timestamp>\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z) (?:pid=(?<pid>\\d{1,10}) tid=(?<thread>\\w{1,32})|(?<pid>\\d{1,10}) TID-(?<thread>\\w{1,32}))(?<context>(?: [^ ]{1,128}){0,8}) (?<level>DEBUG|INFO|WARN|ERROR|FATAL): %{GREEDYDATA:message}',
    examples: [
      {
        line: '2026-03-01T10:00:00.123Z pid=7 tid=a1 class=PayJob jid=b4 elapsed=0.5 INFO: done',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: null,
          message: 'done',
          fields: { pid: '7', thread: 'a1' },
        },
      },
      {
        line: '2026-03-01T10:00:00.123Z 7 TID-a1 PayJob JID-b4 WARN: slow',
        record: { level: 'WARN', message: 'slow' },
      },
    ],
  },
  {
    name: 'rails-request',
    title: 'Rails, the start of a request without a prefix',
    family: 'applications',
    source: 'https://guides.rubyonrails.org/debugging_rails_applications.html#the-logger',
    pattern:
      '(?:\\[[^\\]]{1,128}\\] ){0,4}Started (?<method>[A-Z]{3,10}) "(?<path>[^"]{1,8192})" for (?<source>[^ ]{1,64}) at (?<timestamp>\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2} [+-]\\d{4})',
    examples: [
      {
        line: 'Started GET "/cart?id=7" for 203.0.113.5 at 2026-03-01 11:00:03 +0100',
        record: {
          timestamp: '2026-03-01T10:00:03.000Z',
          level: 'UNKNOWN',
          source: '203.0.113.5',
          method: 'GET',
          path: '/cart?id=7',
        },
      },
    ],
  },
  {
    name: 'rails-completed',
    title: 'Rails, the end of a request without a prefix',
    family: 'applications',
    source: 'https://guides.rubyonrails.org/debugging_rails_applications.html#the-logger',
    // Requests can be interleaved, so this line is a record of its own.
    pattern:
      "(?:\\[[^\\]]{1,128}\\] ){0,4}Completed (?<status>[1-5]\\d{2}) [A-Za-z' -]{1,64} in (?<duration>\\d{1,9}ms)(?: \\(.*)?",
    examples: [
      {
        line: 'Completed 500 Internal Server Error in 12ms (ActiveRecord: 1.0ms | Allocations: 7)',
        record: { timestamp: null, level: 'ERROR', status: 500, responseTimeMs: 12 },
      },
    ],
  },
  {
    name: 'php-error',
    title: 'PHP error log',
    family: 'applications',
    source: 'https://www.php.net/manual/en/errorfunc.configuration.php#ini.error-log',
    pattern:
      '\\[(?<timestamp>\\d{2}-[A-Z][a-z]{2}-\\d{4} \\d{2}:\\d{2}:\\d{2}(?: [\\w/+-]{1,64})?)\\] PHP (?<level>Fatal error|Parse error|Recoverable fatal error|Warning|Notice|Deprecated|Strict Standards): {1,2}%{GREEDYDATA:message}',
    levels: {
      'Fatal error': 'FATAL',
      'Parse error': 'FATAL',
      'Recoverable fatal error': 'ERROR',
      Deprecated: 'WARN',
      'Strict Standards': 'NOTICE',
    },
    examples: [
      {
        line: '[01-Mar-2026 10:00:00 Europe/Berlin] PHP Fatal error:  Uncaught Exception: declined in /app/pay.php:3',
        record: {
          timestamp: '2026-03-01T09:00:00.000Z',
          level: 'FATAL',
          message: 'Uncaught Exception: declined in /app/pay.php:3',
        },
      },
    ],
  },
  {
    name: 'winston-simple',
    title: 'winston, simple format',
    family: 'applications',
    source: 'https://github.com/winstonjs/logform#simple',
    pattern: '(?<level>error|warn|info|verbose|debug|silly): %{GREEDYDATA:message}',
    examples: [
      { line: 'error: card declined {"order":17}', record: { timestamp: null, level: 'ERROR', service: null } },
    ],
  },
];
