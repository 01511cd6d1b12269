import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');

const rules = read('ops', 'prometheus', 'alerts.yml');
const unitTests = read('ops', 'prometheus', 'alerts.test.yml');
const compose = read('docker-compose.yml');
const alerts = [...rules.matchAll(/^ {6}- alert: (\w+)$/gm)].map(([, name = '']) => name);
const documented = [
  ...read('docs', 'observability.md').matchAll(
    /^\| `((?:pilotlight|process|nodejs)_\w+)` \| (counter|gauge|histogram) /gm,
  ),
].flatMap(([, name = '', kind]) =>
  kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
);

const DATASOURCE = { type: 'prometheus', uid: 'prometheus' };
const datasource = z.object({ type: z.literal(DATASOURCE.type), uid: z.literal(DATASOURCE.uid) });
const target = z.object({ refId: z.string(), datasource, expr: z.string(), legendFormat: z.string() });
const gridPos = z.object({ h: z.int().min(1), w: z.int().min(1), x: z.int().min(0), y: z.int().min(0) });
const panel = z.object({ id: z.int(), title: z.string(), gridPos });
const timeseries = panel.extend({ type: z.literal('timeseries'), datasource, targets: z.array(target).min(1) });
const row = panel.extend({ type: z.literal('row'), panels: z.array(z.never()) });
/** The members of a dashboard that Grafana's file provisioning needs. */
const dashboardSchema = z.object({
  uid: z.string().regex(/^[\w-]{1,40}$/),
  title: z.string(),
  schemaVersion: z.int(),
  panels: z.array(z.discriminatedUnion('type', [timeseries, row])),
});
const dashboard = dashboardSchema.parse(JSON.parse(read('ops', 'grafana', 'dashboards', 'pilotlight.json')));
const expressions = dashboard.panels.flatMap((one) => (one.type === 'row' ? [] : one.targets.map(({ expr }) => expr)));

test('each alert has a runbook entry, a link to it and a unit test', () => {
  expect(alerts.length).toBeGreaterThan(10);
  const runbooks = [...rules.matchAll(/^ {10}runbook: docs\/operations\.md#(\w+)$/gm)].map(([, anchor]) => anchor);
  expect(runbooks).toEqual(alerts.map((name) => name.toLowerCase()));
  const entries = [...read('docs', 'operations.md').matchAll(/^### (Pilotlight\w+)$/gm)].map(([, name]) => name);
  expect(entries).toEqual(alerts);
  expect([...unitTests.matchAll(/^ {2}- name: (\w+)$/gm)].map(([, name]) => name)).toEqual(alerts);
});

test('every metric of a rule, of its unit test and of the dashboard is documented', () => {
  const used = [rules, unitTests, ...expressions].flatMap(
    (text) => text.match(/\b(?:pilotlight|process|nodejs)_\w+(?=[{[)' ]|$)/gm) ?? [],
  );
  expect(new Set(used).size).toBeGreaterThan(30);
  expect(used.filter((name) => !documented.includes(name))).toEqual([]);
});

test('the panels of the dashboard have ids of their own and do not overlap', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
});

test('the compose profile mounts these files, and Prometheus scrapes the ports that it sets', () => {
  const config = read('ops', 'prometheus', 'prometheus.yml');
  const ports = [...config.matchAll(/names: \[(\w+)\], type: A, port: (\d+)/g)].map(([, name, port]) => [name, port]);
  expect(ports).toEqual([
    ['api', /^ {6}PORT: "(\d+)"$/m.exec(compose)?.[1]],
    ['worker', /^ {6}METRICS_PORT: "(\d+)"$/m.exec(compose)?.[1]],
  ]);
  expect(compose).toContain('./ops/prometheus:/etc/prometheus:ro');
  expect(compose).toContain('./ops/grafana/provisioning:/etc/grafana/provisioning:ro');
  const [, path] = /options: \{ path: (\S+) \}/.exec(read('ops/grafana/provisioning/dashboards/pilotlight.yml')) ?? [];
  expect(compose).toContain(`./ops/grafana/dashboards:${path}:ro`);
  const source = read('ops/grafana/provisioning/datasources/prometheus.yml');
  expect(source).toContain(`uid: ${DATASOURCE.uid}`);
  expect(source).toContain('url: http://prometheus:9090');
});
