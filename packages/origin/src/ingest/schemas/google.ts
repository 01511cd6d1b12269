import type { Schema } from './schema.ts';

/** Google Cloud. */
export const GOOGLE: readonly Schema[] = [
  {
    name: 'gcp-log-entry',
    title: 'Google Cloud LogEntry',
    family: 'cloud',
    source: 'https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry',
    // A payload is a sign of its own, because exports and sinks may leave out the other columns.
    has: [
      'logName|insertId|receiveTimestamp|jsonPayload|textPayload|protoPayload',
      'jsonPayload|textPayload|protoPayload|httpRequest|severity|resource',
    ],
    roles: {
      timestamp: ['timestamp', 'receiveTimestamp'],
      level: ['severity'],
      service: [
        'resource.labels.service_name',
        'resource.labels.container_name',
        'resource.labels.function_name',
        'resource.labels.module_id',
        'protoPayload.serviceName',
      ],
      message: ['textPayload', 'jsonPayload.message', 'jsonPayload.msg', 'protoPayload.status.message'],
      source: ['httpRequest.remoteIp', 'protoPayload.requestMetadata.callerIp'],
      method: ['httpRequest.requestMethod'],
      path: ['httpRequest.requestUrl'],
      status: ['httpRequest.status'],
    },
    durations: { 'httpRequest.latency': null },
    scale: 'gcp',
    examples: [
      {
        line: '{"insertId":"x1","jsonPayload":{"message":"cart opened"},"httpRequest":{"requestMethod":"GET","requestUrl":"/lamp","status":200,"remoteIp":"203.0.113.5","latency":"1.5s"},"resource":{"type":"cloud_run_revision","labels":{"service_name":"shop"}},"timestamp":"2026-03-01T10:00:00.123456Z","severity":"NOTICE","logName":"projects/p/logs/run"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'NOTICE',
          service: 'shop',
          message: 'cart opened',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 1500,
        },
      },
      {
        line: '{"textPayload":"card declined","timestamp":"2026-03-01T10:00:00.123Z","severity":500,"logName":"projects/p/logs/x"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', message: 'card declined' },
      },
      {
        line: '{"textPayload":"cart opened","timestamp":"2026-03-01T10:00:03Z","severity":"DEBUG"}',
        record: { timestamp: '2026-03-01T10:00:03.000Z', level: 'DEBUG', message: 'cart opened' },
      },
    ],
  },
  {
    name: 'gcp-structured',
    title: 'Google Cloud structured logging (standard output)',
    family: 'cloud',
    source: 'https://cloud.google.com/logging/docs/structured-logging#structured_logging_special_fields',
    has: [
      'severity',
      'httpRequest|logging.googleapis.com/trace|logging.googleapis.com/sourceLocation|logging.googleapis.com/labels|' +
        'logging.googleapis.com/spanId|logging.googleapis.com/insertId|serviceContext|sourceLocation',
    ],
    roles: {
      timestamp: ['time', 'timestamp'],
      level: ['severity'],
      service: ['serviceContext.service'],
      message: ['message', 'textPayload'],
      source: ['httpRequest.remoteIp'],
      method: ['httpRequest.requestMethod'],
      path: ['httpRequest.requestUrl'],
      status: ['httpRequest.status'],
    },
    durations: { 'httpRequest.latency': null },
    scale: 'gcp',
    examples: [
      {
        line: '{"severity":"ERROR","message":"card declined","time":"2026-03-01T10:00:00.123Z","serviceContext":{"service":"shop"},"logging.googleapis.com/trace":"projects/p/traces/1"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', service: 'shop', message: 'card declined' },
      },
    ],
  },
];
