import type { Schema } from './schema.ts';

/** Kubernetes and containers. */
export const CONTAINERS: readonly Schema[] = [
  {
    name: 'kubernetes-audit',
    title: 'Kubernetes audit events',
    family: 'containers',
    source: 'https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/',
    has: ['auditID', 'stage', 'verb', 'kind'],
    roles: {
      timestamp: ['stageTimestamp', 'requestReceivedTimestamp'],
      message: ['responseStatus.message'],
      source: ['sourceIPs.0'],
      path: ['requestURI'],
      status: ['responseStatus.code'],
    },
    notRoles: ['verb', 'level'],
    examples: [
      {
        line: '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a1","stage":"ResponseComplete","requestURI":"/api/v1/pods","verb":"list","sourceIPs":["203.0.113.5"],"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-03-01T10:00:00.100000Z","stageTimestamp":"2026-03-01T10:00:00.123456Z"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          source: '203.0.113.5',
          path: '/api/v1/pods',
          status: 200,
        },
      },
    ],
  },
  {
    name: 'kubernetes-metadata',
    title: 'Container logs with Kubernetes metadata (Fluent Bit, Fluentd, Vector)',
    family: 'containers',
    source: 'https://docs.fluentbit.io/manual/data-pipeline/filters/kubernetes',
    has: ['kubernetes.pod_name|kubernetes.container_name|kubernetes.pod.name', 'log|message'],
    roles: {
      timestamp: ['@timestamp', 'time', 'timestamp', 'date'],
      level: ['level', 'severity', 'log.level'],
      service: ['kubernetes.container_name', 'kubernetes.container.name', 'kubernetes.pod_name', 'kubernetes.pod.name'],
      message: ['log', 'message'],
    },
    examples: [
      {
        line: '{"date":1772359200.123,"log":"cart opened","stream":"stdout","kubernetes":{"pod_name":"shop-1","namespace_name":"default","container_name":"shop"}}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', service: 'shop', message: 'cart opened' },
      },
    ],
  },
  {
    name: 'falco',
    title: 'Falco alerts',
    family: 'containers',
    source: 'https://falco.org/docs/concepts/outputs/formatting/',
    has: ['output', 'priority', 'rule', 'time'],
    roles: { timestamp: ['time'], level: ['priority'], service: ['source'], message: ['output'] },
    examples: [
      {
        line: '{"output":"10:00:00.123456789: Warning Shell in a container","priority":"Warning","rule":"Terminal shell","source":"syscall","time":"2026-03-01T10:00:00.123456789Z"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          service: 'syscall',
          message: '10:00:00.123456789: Warning Shell in a container',
        },
      },
    ],
  },
];
