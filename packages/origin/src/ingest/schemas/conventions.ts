import type { Schema } from './schema.ts';

/** Schemas that many products share. */
export const CONVENTIONS: readonly Schema[] = [
  {
    name: 'gelf',
    title: 'Graylog Extended Log Format (GELF)',
    family: 'conventions',
    source: 'https://go2docs.graylog.org/current/getting_in_log_data/gelf.html',
    has: ['version', 'host', 'short_message'],
    values: { version: /^1\.[01]$/ },
    roles: {
      timestamp: ['timestamp'],
      level: ['level'],
      service: ['_service', '_app', '_application', '_logger', '_facility', 'facility'],
      message: ['short_message'],
    },
    scale: 'syslog',
    examples: [
      {
        line: '{"version":"1.1","host":"web1","short_message":"cart opened","timestamp":1772359200.123,"level":4,"_app":"shop"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN', service: 'shop', message: 'cart opened' },
      },
    ],
  },
  {
    name: 'ecs',
    title: 'Elastic Common Schema (ECS), nested or dotted',
    family: 'conventions',
    source: 'https://www.elastic.co/docs/reference/ecs/ecs-field-reference',
    has: [
      '@timestamp',
      'ecs.version|log.level|log.logger|service.name|event.duration|event.dataset|event.action|http.request.method|' +
        'http.response.status_code|url.path|url.original|source.ip|client.ip',
    ],
    values: { '@version': [] },
    roles: {
      timestamp: ['@timestamp'],
      level: ['log.level'],
      service: ['service.name', 'log.logger', 'event.dataset'],
      message: ['message'],
      source: ['source.ip', 'client.ip', 'source.address', 'client.address'],
      method: ['http.request.method'],
      path: ['url.path', 'url.original', 'url.full'],
      status: ['http.response.status_code'],
    },
    durations: { 'event.duration': 'ns' },
    examples: [
      {
        line: '{"@timestamp":"2026-03-01T10:00:00.123Z","log":{"level":"info"},"message":"cart opened","service":{"name":"shop"},"event":{"duration":12500000},"http":{"response":{"status_code":200}},"url":{"path":"/lamp"}}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'shop',
          message: 'cart opened',
          path: '/lamp',
          status: 200,
          responseTimeMs: 12.5,
        },
      },
      {
        line: '{"@timestamp":"2026-03-01T10:00:00.123Z","log.level":"ERROR","message":"card declined","service.name":"shop","ecs.version":"1.2.0"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: 'shop',
          message: 'card declined',
        },
      },
    ],
  },
  {
    name: 'opentelemetry-json',
    title: 'OpenTelemetry log records, flat (console exporters, ClickHouse)',
    family: 'conventions',
    source: 'https://opentelemetry.io/docs/specs/otel/logs/data-model/',
    has: [
      'severityNumber|severity_number|SeverityNumber|severityText|severity_text|SeverityText',
      'body|Body',
      'timestamp|Timestamp|timeUnixNano|time_unix_nano|observedTimeUnixNano|observed_timestamp|ObservedTimestamp',
    ],
    roles: {
      timestamp: [
        'timeUnixNano',
        'time_unix_nano',
        'timestamp',
        'Timestamp',
        'observedTimeUnixNano',
        'observed_timestamp',
        'ObservedTimestamp',
      ],
      level: ['severityNumber', 'severity_number', 'SeverityNumber', 'severityText', 'severity_text', 'SeverityText'],
      service: [
        'ServiceName',
        'resource.attributes.service.name',
        'Resource.service.name',
        'resource.service.name',
        'ResourceAttributes.service.name',
      ],
      message: ['body', 'Body', 'body.stringValue'],
      source: ['attributes.client.address', 'Attributes.client.address'],
      method: ['attributes.http.request.method', 'Attributes.http.request.method'],
      path: ['attributes.url.path', 'Attributes.url.path'],
      status: ['attributes.http.response.status_code', 'Attributes.http.response.status_code'],
    },
    scale: 'otlp',
    examples: [
      {
        line: '{"body":"card declined","severity_number":17,"severity_text":"ERROR","attributes":{"http.response.status_code":502},"timestamp":"2026-03-01T10:00:00.123456Z","resource":{"attributes":{"service.name":"shop"}}}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: 'shop',
          message: 'card declined',
          status: 502,
        },
      },
    ],
  },
  {
    name: 'splunk-hec',
    title: 'Splunk HTTP Event Collector',
    family: 'conventions',
    source: 'https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector',
    has: ['event', 'sourcetype|index', 'time'],
    lacks: ['message', 'msg'],
    roles: {
      timestamp: ['time'],
      level: ['event.level', 'event.severity', 'fields.severity'],
      message: ['event', 'event.message', 'event.msg'],
    },
    examples: [
      {
        line: '{"time":1772359200.123,"host":"web1","source":"shop","sourcetype":"_json","event":{"message":"card declined","severity":"ERROR"}}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', message: 'card declined' },
      },
    ],
  },
  {
    name: 'datadog',
    title: 'Datadog log events',
    family: 'conventions',
    source: 'https://docs.datadoghq.com/logs/log_configuration/attributes_naming_convention/',
    has: ['ddsource|ddtags|dd.trace_id|dd.service', 'message|msg'],
    roles: {
      timestamp: ['timestamp', 'date', 'time', '@timestamp'],
      level: ['level', 'status', 'severity'],
      service: ['service', 'dd.service', 'ddsource'],
      message: ['message', 'msg'],
    },
    examples: [
      {
        line: '{"ddsource":"nodejs","ddtags":"env:prod","service":"shop","status":"error","message":"card declined","timestamp":1772359200123}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', service: 'shop', message: 'card declined' },
      },
    ],
  },
  {
    name: 'cee',
    title: 'Common Event Expression (CEE) of syslog, with and without @cee:',
    family: 'conventions',
    source: 'https://cee.mitre.org/language/1.0-beta1/clt.html',
    has: ['msg', 'priority|pri|crit|p_proc|pname', 'facility|host|program|time|timestamp'],
    lacks: ['level'],
    roles: {
      timestamp: ['time', 'timestamp'],
      level: ['priority', 'pri', 'crit'],
      service: ['program', 'p_app', 'appname', 'p_proc', 'pname'],
      message: ['msg'],
    },
    examples: [
      {
        line: '@cee: {"msg":"card declined","priority":"err","facility":"local0","program":"shop","host":"web1","timestamp":"2026-03-01T10:00:00.123Z"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', service: 'shop', message: 'card declined' },
      },
    ],
  },
];
