import type { Schema } from './schema.ts';

/** Loggers of the Java virtual machine. */
export const JVM: readonly Schema[] = [
  {
    name: 'log4j2-json',
    title: 'Log4j 2 JSON layouts',
    family: 'applications',
    source: 'https://logging.apache.org/log4j/2.x/manual/json-template-layout.html',
    has: ['loggerName', 'level', 'instant|timeMillis'],
    roles: {
      timestamp: ['instant', 'timeMillis'],
      level: ['level'],
      service: ['loggerName'],
      message: ['message', 'message.message'],
    },
    examples: [
      {
        line: '{"instant":{"epochSecond":1772359200,"nanoOfSecond":123456789},"thread":"main","level":"ERROR","loggerName":"shop.Pay","message":"card declined","endOfBatch":false}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: 'shop.Pay',
          message: 'card declined',
        },
      },
    ],
  },
  {
    name: 'logback-json',
    title: 'Logback JsonEncoder, JBoss and Quarkus JSON',
    family: 'applications',
    source: 'https://logback.qos.ch/manual/encoders.html#JsonEncoder',
    has: ['timestamp', 'level', 'loggerName', 'message|formattedMessage'],
    roles: {
      timestamp: ['timestamp'],
      level: ['level'],
      service: ['loggerName'],
      message: ['formattedMessage', 'message'],
    },
    examples: [
      {
        line: '{"sequenceNumber":0,"timestamp":1772359200123,"nanoseconds":123456789,"level":"WARN","threadName":"main","loggerName":"shop.Cart","message":"cart is full"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          service: 'shop.Cart',
          message: 'cart is full',
        },
      },
    ],
  },
  {
    name: 'logstash-json',
    title: 'Logstash event format (logstash-logback-encoder and others)',
    family: 'conventions',
    source: 'https://github.com/logfellow/logstash-logback-encoder#standard-fields',
    has: ['@timestamp', '@version'],
    roles: {
      timestamp: ['@timestamp'],
      level: ['level', 'severity', 'log.level'],
      service: ['service', 'application', 'app', 'logger_name', 'logger', 'service.name'],
      message: ['message'],
    },
    examples: [
      {
        line: '{"@timestamp":"2026-03-01T11:00:00.123+01:00","@version":"1","message":"cart is full","logger_name":"shop.Cart","thread_name":"main","level":"WARN","level_value":30000}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          service: 'shop.Cart',
          message: 'cart is full',
        },
      },
    ],
  },
];
