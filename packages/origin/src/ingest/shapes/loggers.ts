import type { Shape } from './shape.ts';

/** Further loggers, of which each says by its layout which column is which. */
export const LOGGERS: readonly Shape[] = [
  {
    name: 'hclog',
    title: 'HashiCorp go-hclog',
    family: 'applications',
    source: 'https://pkg.go.dev/github.com/hashicorp/go-hclog',
    pattern:
      '(?<timestamp>\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}(?:Z|[+-]\\d{4})) \\[(?<level>TRACE|DEBUG|INFO|WARN|ERROR)\\] {1,2}(?:(?<caller>[\\w./-]{1,255}:\\d{1,9}): )?(?<service>[A-Za-z_][\\w.@/-]{0,127}): %{GREEDYDATA:message}',
    examples: [
      {
        line: '2026-03-01T10:00:01.123Z [ERROR] agent.server.raft: failed to vote: error="no leader"',
        record: {
          timestamp: '2026-03-01T10:00:01.123Z',
          level: 'ERROR',
          service: 'agent.server.raft',
          message: 'failed to vote: error="no leader"',
        },
      },
      {
        line: '2026-03-01T10:00:01.123+0100 [INFO]  agent: joined',
        record: { timestamp: '2026-03-01T09:00:01.123Z', level: 'INFO', service: 'agent', message: 'joined' },
      },
    ],
  },
  {
    name: 'zerolog-console',
    title: 'zerolog, console writer',
    family: 'applications',
    source: 'https://pkg.go.dev/github.com/rs/zerolog#ConsoleWriter',
    // The default time has neither a day nor seconds.
    pattern:
      '(?<time>\\d{1,2}:\\d{2}[AP]M) (?<level>TRC|DBG|INF|WRN|ERR|FTL|PNC) (?:(?<caller>[\\w./-]{1,255}:\\d{1,9}) > )?%{GREEDYDATA:message}',
    levels: { PNC: 'FATAL' },
    examples: [
      {
        line: '10:00AM WRN cart is slow foo=bar',
        record: { timestamp: null, level: 'WARN', message: 'cart is slow foo=bar', fields: { time: '10:00AM' } },
      },
    ],
  },
  {
    name: 'log4j-ttcc',
    title: 'Log4j, time since the start (TTCC)',
    family: 'applications',
    source: 'https://logging.apache.org/log4j/1.x/apidocs/org/apache/log4j/TTCCLayout.html',
    pattern:
      '(?<uptime_ms>\\d{1,12}) {1,8}\\[(?<thread>[^\\]]{1,128})\\] (?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) {1,2}(?<service>[A-Za-z_$][\\w$.]{0,255}) (?:(?<context>[^ ]{1,128}) )?- %{GREEDYDATA:message}',
    examples: [
      {
        line: '176 [main] INFO  org.shop.Cart - Populating an array',
        record: {
          timestamp: null,
          level: 'INFO',
          service: 'org.shop.Cart',
          message: 'Populating an array',
          fields: { uptime_ms: '176', thread: 'main' },
        },
      },
      {
        line: '225 [main] WARN org.shop.Pay xyz - slow',
        record: { level: 'WARN', service: 'org.shop.Pay', fields: { context: 'xyz' } },
      },
    ],
  },
  {
    name: 'dotnet-systemd',
    title: '.NET, console formatter for systemd',
    family: 'applications',
    source: 'https://learn.microsoft.com/en-us/dotnet/core/extensions/console-log-formatter#systemd',
    pattern:
      '<(?<level>[2-7])>(?:%{TIMESTAMP_ISO8601:timestamp} )?(?<service>[A-Za-z_][\\w.+`]{0,255})\\[(?<event_id>-?\\d{1,10})\\] %{GREEDYDATA:message}',
    levels: { 2: 'FATAL', 3: 'ERROR', 4: 'WARN', 5: 'NOTICE', 6: 'INFO', 7: 'DEBUG' },
    examples: [
      {
        line: '<6>Shop.Cart[0] opened',
        record: { level: 'INFO', service: 'Shop.Cart', message: 'opened', fields: { event_id: '0' } },
      },
      {
        line: '<4>2026-03-01 10:00:02 Shop.Pay[7] slow',
        record: { timestamp: '2026-03-01T10:00:02.000Z', level: 'WARN', service: 'Shop.Pay', message: 'slow' },
      },
    ],
  },
  {
    name: 'tomcat',
    title: 'Apache Tomcat (JULI, one line)',
    family: 'applications',
    source: 'https://tomcat.apache.org/tomcat-9.0-doc/api/org/apache/juli/OneLineFormatter.html',
    pattern:
      '(?<timestamp>\\d{2}-%{MONTH}-\\d{4} \\d{2}:\\d{2}:\\d{2}\\.\\d{3}) (?<level>SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST) \\[(?<thread>[^\\]]{1,128})\\] (?<service>[A-Za-z_$][\\w$]*(?:\\.[A-Za-z_$][\\w$]*)*)\\.(?<function>[\\w$<>]+) %{GREEDYDATA:message}',
    examples: [
      {
        line: '01-Mar-2026 10:00:01.123 SEVERE [main] org.apache.catalina.core.StandardService.initInternal Failed to initialize connector',
        record: {
          timestamp: '2026-03-01T10:00:01.123Z',
          level: 'ERROR',
          service: 'org.apache.catalina.core.StandardService',
          message: 'Failed to initialize connector',
          fields: { thread: 'main', function: 'initInternal' },
        },
      },
      { line: '01-Mar-2026 10:00:03.123 FINE [exec-1] x.Y.z done', record: { level: 'DEBUG', service: 'x.Y' } },
    ],
  },
  {
    name: 'winston-label',
    title: 'winston, printf with a label as its README shows',
    family: 'applications',
    source: 'https://github.com/winstonjs/winston#combining-formats',
    pattern:
      '%{TIMESTAMP_ISO8601:timestamp} \\[(?<service>[\\w.@/ -]{1,128})\\] (?<level>error|warn|info|http|verbose|debug|silly): %{GREEDYDATA:message}',
    examples: [
      {
        line: '2026-03-01T10:00:02.123Z [shop] warn: cart is slow',
        record: { timestamp: '2026-03-01T10:00:02.123Z', level: 'WARN', service: 'shop', message: 'cart is slow' },
      },
    ],
  },
];
