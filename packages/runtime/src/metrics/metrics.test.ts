import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { Histogram } from './histogram.ts';
import { type MetricSpec, Metrics } from './metrics.ts';

const logger = createLogger({ level: 'silent', forPeople: false, name: 'test' });
const spec = (kind: MetricSpec['kind'], labels: readonly string[] = []): MetricSpec => ({
  name: 'a_metric',
  kind,
  help: 'What it is',
  labels,
});
const linesOf = async (metrics: Metrics, name: string): Promise<string[]> =>
  (await metrics.scrape()).split('\n').filter((line) => line.includes(name));

test('a scrape reads the present numbers, with their labels escaped', async () => {
  const metrics = new Metrics(logger);
  let value = 1;
  metrics.group('one', { a: spec('counter', ['name']) }, () => ({ a: [{ labels: { name: 'a"b\\c\nd' }, value }] }));
  expect(await linesOf(metrics, 'a_metric')).toEqual([
    '# HELP a_metric What it is',
    '# TYPE a_metric counter',
    'a_metric{name="a\\"b\\\\c\\nd"} 1',
  ]);
  value = 2;
  expect((await linesOf(metrics, 'a_metric')).at(-1)).toBe('a_metric{name="a\\"b\\\\c\\nd"} 2');
});

test('a histogram has cumulative buckets, a sum and a count', async () => {
  const metrics = new Metrics(logger);
  const histogram = new Histogram([0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value);
  histogram.observe(0.25, 3);
  metrics.group('one', { a: spec('histogram') }, () => ({ a: [{ labels: {}, value: histogram }] }));
  expect((await linesOf(metrics, 'a_metric')).slice(2)).toEqual([
    'a_metric_bucket{le="0.1"} 2',
    'a_metric_bucket{le="1"} 6',
    'a_metric_bucket{le="+Inf"} 7',
    'a_metric_sum 8.4',
    'a_metric_count 7',
  ]);
});

test('a group that fails is missing from the scrape and counted, and the others are there', async () => {
  const metrics = new Metrics(logger);
  metrics.group('away', { a: spec('gauge') }, () => Promise.reject(new Error('no answer')));
  metrics.group('here', { b: { ...spec('gauge'), name: 'b_metric' } }, () => ({ b: [{ labels: {}, value: 5 }] }));
  expect(await linesOf(metrics, 'a_metric ')).toEqual(['# HELP a_metric What it is', '# TYPE a_metric gauge']);
  expect((await linesOf(metrics, 'b_metric')).at(-1)).toBe('b_metric 5');
  const failures = await linesOf(metrics, 'failures_total{');
  expect(failures).toContain('pilotlight_metrics_read_failures_total{group="here"} 0');
  expect(failures).toContain('pilotlight_metrics_read_failures_total{group="away"} 3');
});

test('a group with an interval is read once for all scrapes within it', async () => {
  const metrics = new Metrics(logger);
  let reads = 0;
  const read = () => ({ a: [{ labels: {}, value: ++reads }] });
  metrics.group('one', { a: spec('gauge') }, read, { everyMs: 3_600_000 });
  await Promise.all([metrics.scrape(), metrics.scrape()]);
  expect((await linesOf(metrics, 'a_metric')).at(-1)).toBe('a_metric 1');
});
