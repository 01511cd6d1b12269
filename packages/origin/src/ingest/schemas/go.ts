import type { Schema } from './schema.ts';

/** Loggers of Go. */
export const GO: readonly Schema[] = [
  {
    name: 'klog-json',
    title: 'Kubernetes components (klog, JSON): information',
    family: 'containers',
    source: 'https://kubernetes.io/docs/concepts/cluster-administration/system-logs/#json-log-format',
    has: ['ts', 'v', 'msg'],
    lacks: ['level', 'severity'],
    values: { ts: 'number', v: 'number' },
    roles: { timestamp: ['ts'], message: ['msg'], service: ['logger'] },
    levelIfAbsent: 'INFO',
    examples: [
      {
        line: '{"ts":1772359200.123,"caller":"pod/pod.go:12","msg":"Pod status updated","v":4,"pod":{"name":"shop-1"},"status":"ready"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'INFO', message: 'Pod status updated' },
      },
    ],
  },
  {
    name: 'klog-json-error',
    title: 'Kubernetes components (klog, JSON): errors',
    family: 'containers',
    source: 'https://kubernetes.io/docs/concepts/cluster-administration/system-logs/#json-log-format',
    has: ['ts', 'err', 'msg', 'caller'],
    lacks: ['level', 'severity', 'v'],
    values: { ts: 'number' },
    roles: { timestamp: ['ts'], message: ['msg'], service: ['logger'] },
    levelIfAbsent: 'ERROR',
    examples: [
      {
        line: '{"ts":1772359200.123,"caller":"pod/pod.go:20","msg":"Sync failed","err":"timeout"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', message: 'Sync failed' },
      },
    ],
  },
  {
    name: 'hclog-json',
    title: 'HashiCorp hclog (Consul, Nomad, Terraform, Vault)',
    family: 'applications',
    source: 'https://github.com/hashicorp/go-hclog',
    has: ['@level', '@message', '@timestamp'],
    roles: { timestamp: ['@timestamp'], level: ['@level'], service: ['@module'], message: ['@message'] },
    examples: [
      {
        line: '{"@level":"warn","@message":"lease expired","@module":"core.expiration","@timestamp":"2026-03-01T10:00:00.123456Z"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          service: 'core.expiration',
          message: 'lease expired',
        },
      },
    ],
  },
  {
    name: 'zap-json',
    title: 'zap (Go)',
    family: 'applications',
    source: 'https://pkg.go.dev/go.uber.org/zap#NewProductionEncoderConfig',
    has: ['level', 'ts', 'msg'],
    roles: { timestamp: ['ts'], level: ['level'], service: ['service', 'app', 'logger'], message: ['msg'] },
    examples: [
      {
        line: '{"level":"error","ts":1772359200.123456,"logger":"pay","caller":"pay/charge.go:20","msg":"charge failed","error":"declined"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', service: 'pay', message: 'charge failed' },
      },
    ],
  },
  {
    name: 'zap-development',
    title: 'zap (Go), development keys',
    family: 'applications',
    source: 'https://pkg.go.dev/go.uber.org/zap#NewDevelopmentEncoderConfig',
    has: ['L', 'T', 'M'],
    values: { L: /^(?:DEBUG|INFO|WARN|ERROR|DPANIC|PANIC|FATAL)$/, M: 'text' },
    roles: { timestamp: ['T'], level: ['L'], service: ['N'], message: ['M'] },
    examples: [
      {
        line: '{"L":"ERROR","T":"2026-03-01T10:00:02.123Z","N":"pay","C":"pay/charge.go:20","M":"charge failed"}',
        record: { timestamp: '2026-03-01T10:00:02.123Z', level: 'ERROR', service: 'pay', message: 'charge failed' },
      },
    ],
  },
  {
    name: 'slog-json',
    title: 'log/slog (Go)',
    family: 'applications',
    source: 'https://pkg.go.dev/log/slog#JSONHandler',
    has: ['time', 'level', 'msg'],
    values: { level: /^(?:DEBUG|INFO|WARN|ERROR)(?:[+-]\d{1,3})?$/ },
    roles: { timestamp: ['time'], level: ['level'], service: ['service', 'app', 'logger'], message: ['msg'] },
    examples: [
      {
        line: '{"time":"2026-03-01T11:00:00.123456789+01:00","level":"ERROR+2","msg":"payment refused","order":17}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', message: 'payment refused' },
      },
      {
        line: 'time=2026-03-01T11:00:00.123+01:00 level=DEBUG-1 msg="cache probe" user=17',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'DEBUG', message: 'cache probe' },
      },
    ],
  },
  {
    name: 'logrus-json',
    title: 'logrus (Go): JSON and text',
    family: 'applications',
    source: 'https://github.com/sirupsen/logrus#formatters',
    has: ['time', 'level', 'msg'],
    roles: { timestamp: ['time'], level: ['level'], service: ['service', 'app', 'logger'], message: ['msg'] },
    examples: [
      {
        line: '{"level":"warning","msg":"disk 91% full","time":"2026-03-01T10:00:00Z"}',
        record: { timestamp: '2026-03-01T10:00:00.000Z', level: 'WARN', message: 'disk 91% full' },
      },
      {
        line: 'time="2026-03-01T10:00:00Z" level=fatal msg="no disk" omg=true',
        record: { timestamp: '2026-03-01T10:00:00.000Z', level: 'FATAL', message: 'no disk' },
      },
    ],
  },
  {
    name: 'zerolog-json',
    title: 'zerolog (Go)',
    family: 'applications',
    source: 'https://github.com/rs/zerolog#global-settings',
    has: ['time', 'level', 'message'],
    roles: { timestamp: ['time'], level: ['level'], service: ['service', 'app', 'component'], message: ['message'] },
    examples: [
      {
        line: '{"level":"error","error":"declined","time":1772359200,"message":"charge failed"}',
        record: { timestamp: '2026-03-01T10:00:00.000Z', level: 'ERROR', message: 'charge failed' },
      },
    ],
  },
];
