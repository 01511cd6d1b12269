import type { Shape } from './shape.ts';

/** Loggers of Rust, Go and Java whose layout the family `application` does not cover. */
export const COMPILED_LANGUAGES: readonly Shape[] = [
  {
    name: 'rust-tracing',
    title: 'Rust tracing, full format',
    family: 'applications',
    source: 'https://docs.rs/tracing-subscriber/latest/tracing_subscriber/fmt/format/struct.Full.html',
    // The open spans, `request{id=7}:outer{…}:`, come before the target.
    pattern:
      '(?<timestamp>\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6,9}Z) {1,2}(?<level>TRACE|DEBUG|INFO|WARN|ERROR) (?:(?<spans>[\\w-]{1,64}\\{[^}]{0,1024}\\}(?::[\\w-]{1,64}\\{[^}]{0,1024}\\}){0,8}): )?(?<service>[A-Za-z_]\\w{0,127}(?:::\\w{1,127}){0,16}): %{GREEDYDATA:message}',
    examples: [
      {
        line: '2026-03-01T10:00:00.123456Z  INFO shop::cart: cart opened user=17',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'shop::cart',
          message: 'cart opened user=17',
        },
      },
      {
        line: '2026-03-01T10:00:01.123456Z ERROR request{id=7}: shop::pay: card declined',
        record: { level: 'ERROR', service: 'shop::pay', message: 'card declined', fields: { spans: 'request{id=7}' } },
      },
    ],
  },
  {
    name: 'env-logger',
    title: 'Rust env_logger',
    family: 'applications',
    source: 'https://docs.rs/env_logger/latest/env_logger/',
    pattern:
      '\\[%{TIMESTAMP_ISO8601:timestamp} (?<level>TRACE|DEBUG|INFO|WARN|ERROR) {1,2}(?<service>[\\w:]{1,255})\\] %{GREEDYDATA:message}',
    examples: [
      {
        line: '[2026-03-01T10:00:00Z INFO  shop::cart] cart opened',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          level: 'INFO',
          service: 'shop::cart',
          message: 'cart opened',
        },
      },
    ],
  },
  {
    name: 'fern',
    title: 'Rust fern: time, module and level in brackets',
    family: 'applications',
    source: 'https://docs.rs/fern/latest/fern/',
    pattern:
      '\\[(?<date>\\d{4}-\\d{2}-\\d{2})(?:\\]\\[|[T ])(?<time>\\d{2}:\\d{2}:\\d{2}(?:[.,]\\d{1,9})?(?:Z|[+-]\\d{2}:?\\d{2})?)\\] ?\\[(?<service>[A-Za-z_][\\w:.-]{0,254})\\] ?\\[(?<level>TRACE|DEBUG|INFO|WARN|ERROR) {0,2}\\] ?%{GREEDYDATA:message}',
    instant: '{date} {time}',
    examples: [
      {
        line: '[2026-03-01][10:00:00][shop::pay][ERROR] card declined',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          level: 'ERROR',
          service: 'shop::pay',
          message: 'card declined',
        },
      },
      {
        line: '[2026-03-01 10:00:00.123][vaultwarden::api][WARN] slow request',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN', service: 'vaultwarden::api' },
      },
    ],
  },
  {
    name: 'logrus-tty',
    title: 'logrus on a terminal',
    family: 'applications',
    source: 'https://github.com/sirupsen/logrus#formatters',
    // Without FullTimestamp the number in brackets is seconds since the start of the program.
    pattern:
      '(?<level>TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\\[(?:(?<uptime_s>\\d{4,9})|(?<timestamp>[^\\]\\d]?[^\\]]{9,40}))\\](?:(?<caller>[^ ()]{1,255}\\(\\)[^ ()]{0,255}))? %{GREEDYDATA:message}',
    levels: { TRAC: 'TRACE', DEBU: 'DEBUG', ERRO: 'ERROR', FATA: 'FATAL', PANI: 'FATAL' },
    examples: [
      {
        line: 'WARN[0007] The group grew tremendously                  number=122 omg=true',
        record: { timestamp: null, level: 'WARN', fields: { uptime_s: '0007' } },
      },
      {
        line: 'ERRO[2026-03-01T10:00:00Z] card declined                                 order=17',
        record: { timestamp: '2026-03-01T10:00:00.000Z', level: 'ERROR' },
      },
    ],
  },
  {
    name: 'zap-console',
    title: 'zap, console encoder',
    family: 'applications',
    source: 'https://pkg.go.dev/go.uber.org/zap#NewDevelopmentConfig',
    pattern:
      '(?<timestamp>[^\\t]{10,40})\\t(?<level>DEBUG|INFO|WARN|ERROR|DPANIC|PANIC|FATAL|debug|info|warn|error|dpanic|panic|fatal)\\t(?:(?:(?<service>[^\\t.:]{1,128}(?:\\.[^\\t.:]{1,128}){0,8})\\t)?(?<caller>[^\\t ]{1,255}:\\d{1,9})\\t)?(?<message>[^\\t]*)(?:\\t(?<context>\\{.*))?',
    // A stack trace names each function on a line of its own, after its record or the line with the place of another.
    continues: '(?:[\\w.~-]+/)*[\\w-]+\\.[\\w.()*$[\\]-]+',
    continuesAfter:
      '[^\\t]{10,40}\\t(?:WARN|ERROR|DPANIC|PANIC|FATAL|warn|error|dpanic|panic|fatal)\\t.*|\\t[^\\t]+:\\d+',
    examples: [
      {
        line: '2026-03-01T10:00:02.123Z\tWARN\tpay\tpay/charge.go:30\torder parked\t{"order": 17}',
        record: {
          timestamp: '2026-03-01T10:00:02.123Z',
          level: 'WARN',
          service: 'pay',
          message: 'order parked',
          fields: { caller: 'pay/charge.go:30', context: '{"order": 17}' },
        },
      },
      {
        line: '2026-03-01T10:00:00.123Z\tINFO\tpay/charge.go:12\tcharge started',
        record: { level: 'INFO', service: null, message: 'charge started', fields: { caller: 'pay/charge.go:12' } },
      },
      {
        line: '2026-03-01T10:00:03.123Z\tERROR\tpay/charge.go:30\tdeclined\nmain.charge',
        record: { level: 'ERROR' },
      },
    ],
  },
  {
    name: 'java-util-logging',
    title: 'java.util.logging, SimpleFormatter',
    family: 'applications',
    source: 'https://docs.oracle.com/en/java/javase/21/docs/api/java.logging/java/util/logging/SimpleFormatter.html',
    pattern:
      '(?<timestamp>[A-Z][a-z]{2} \\d{1,2}, \\d{4} \\d{1,2}:\\d{2}:\\d{2} [AP]M) (?<service>[A-Za-z_$][\\w$]{0,127}(?:\\.[\\w$]{1,127}){1,16})(?: (?<function>[\\w$<>]{1,128}))?',
    further: ['(?<level>SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): %{GREEDYDATA:message}'],
    examples: [
      {
        line: 'Mar 1, 2026 10:00:00 AM org.shop.Cart open\nSEVERE: cart is full',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          level: 'ERROR',
          service: 'org.shop.Cart',
          message: 'cart is full',
          fields: { function: 'open' },
        },
      },
    ],
  },
];
