import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, type MetricSpec, Metrics } from '@pilotlight/runtime';
import { expect, test } from 'vitest';
import { addApiMetrics } from '../../apps/api/src/metrics/api-metrics.ts';
// Declares `request.id`, which the api's types use.
import '../../apps/api/src/http/request-id.ts';
import { addWorkerMetrics } from '../../apps/worker/src/worker-metrics.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'observability.md'), 'utf8');

/** Returns the metrics that a process registers. Registering reads nothing, so it needs no parts of the process. */
function specsOf(add: (metrics: Metrics) => () => void): readonly MetricSpec[] {
  const metrics = new Metrics(createLogger({ level: 'silent', forPeople: false, name: 'test' }));
  add(metrics)();
  return metrics.specs;
}

const parts = <Part>() => ({}) as Part;

const api = specsOf((metrics) => addApiMetrics(metrics, parts()));
const worker = specsOf((metrics) => addWorkerMetrics(metrics, parts()));

test('the table of metrics lists every metric of api and worker, and no other', () => {
  const specs = new Map([...api, ...worker].map((spec) => [spec.name, spec]));
  const from = ({ name }: MetricSpec) =>
    [api.some((one) => one.name === name) && 'api', worker.some((one) => one.name === name) && 'worker']
      .filter(Boolean)
      .join(', ');
  const expected = [...specs.values()].map((spec) => {
    const labels = spec.labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${spec.name}\` | ${spec.kind} | ${labels} | ${from(spec)} | ${spec.help} |`;
  });
  const listed = page.split('\n').filter((line) => /^\| `(pilotlight_|process_|nodejs_)/.test(line));
  expect(listed).toEqual(expected.sort());
});

test('no metric has a label for a key, a path, a token or an id', () => {
  const labels = new Set([...api, ...worker].flatMap((spec) => spec.labels));
  const forbidden = ['key', 'path', 'url', 'token', 'id', 'file', 'file_id', 'request_id', 'address', 'query', 'error'];
  expect(forbidden.filter((label) => labels.has(label))).toEqual([]);
  expect(labels.size).toBeGreaterThan(10);
});
