import type { Shape } from './shape.ts';

/** Brokers. */
export const QUEUES: readonly Shape[] = [
  {
    name: 'kafka',
    title: 'Apache Kafka and other log4j layouts with the class at the end',
    family: 'queues',
    source: 'https://github.com/apache/kafka/blob/trunk/config/log4j2.yaml',
    pattern:
      '\\[%{TIMESTAMP_ISO8601:timestamp}\\] (?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) (?<message>.*) \\((?<service>[A-Za-z_][\\w$]*(?:\\.[A-Za-z_][\\w$]*)+)(?::(?<class_line>\\d{1,9}))?\\)',
    examples: [
      {
        line: '[2026-03-01 10:00:00,123] INFO [KafkaServer id=0] started (kafka.server.KafkaServer)',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'kafka.server.KafkaServer',
          message: '[KafkaServer id=0] started',
        },
      },
      {
        line: '[2026-03-01 10:00:00,123] ERROR [jdbc-sink|task-0] Task failed (org.apache.kafka.connect.runtime.WorkerTask:212)',
        record: {
          level: 'ERROR',
          service: 'org.apache.kafka.connect.runtime.WorkerTask',
          message: '[jdbc-sink|task-0] Task failed',
          fields: { class_line: '212' },
        },
      },
    ],
  },
  {
    name: 'rabbitmq',
    title: 'RabbitMQ',
    family: 'queues',
    source: 'https://www.rabbitmq.com/docs/logging',
    pattern:
      '%{TIMESTAMP_ISO8601:timestamp} \\[(?<level>debug|info|notice|warning|error|critical|alert|emergency|dbug|noti|warn|erro|crit|alrt|emgc)\\] (?<process><\\d+\\.\\d+\\.\\d+>) %{GREEDYDATA:message}',
    // The other spellings are those of the level format lc4.
    levels: { noti: 'NOTICE', alrt: 'FATAL', emgc: 'FATAL' },
    examples: [
      {
        line: '2026-03-01 10:00:00.123456+00:00 [erro] <0.1.0> closed',
        record: { level: 'ERROR', message: 'closed' },
      },
      {
        line: '2026-03-01 10:00:00.123456+00:00 [warning] <0.44.0> memory resource limit alarm set',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          message: 'memory resource limit alarm set',
          fields: { process: '<0.44.0>' },
        },
      },
    ],
  },
  {
    name: 'rabbitmq-report',
    title: 'RabbitMQ before 3.7',
    family: 'queues',
    source: 'https://www.erlang.org/doc/apps/kernel/logger_chapter.html',
    pattern:
      '=(?<level>INFO|WARNING|ERROR) REPORT==== (?<day>\\d{1,2})-(?<month>[A-Z][a-z]{2})-(?<year>\\d{4})::(?<time>\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{6})?) ===',
    instant: '{day:2}-{month}-{year} {time}',
    // The text of a report ends at a blank line. Other lines have a time.
    continues: '(?!\\d\\d\\d\\d-\\d\\d-\\d\\d)[^=].*',
    continuesAfter: '.+',
    examples: [
      {
        line: '=ERROR REPORT==== 1-Mar-2026::10:00:02 ===\nclosing AMQP connection <0.1.0>',
        record: { timestamp: '2026-03-01T10:00:02.000Z', level: 'ERROR' },
      },
    ],
  },
];
