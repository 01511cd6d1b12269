import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { expectReadRight, indexShared, jsonTestSuite } from '../harness/json-test-suite.ts';
import { hasSharedData, NEEDS_SHARED_DATA, sharedData } from '../harness/shared-data.ts';
import { suiteSystem } from '../harness/suite-system.ts';

// Known values of real inputs, checked over HTTP.
describe.skipIf(!hasSharedData)(`real logs${NEEDS_SHARED_DATA}`, () => {
  const running = suiteSystem({ apis: 1, workers: 2 });

  const index = (...path: string[]) => indexShared(running.api, ...path);
  const total = async (search: object): Promise<number> =>
    (await ask(running.api, 'POST', '/api/search', search)).json.total;
  /** Returns the counts of some levels: the total of a search is exact only up to 10,000. */
  const levels = async (fileId: string, names: readonly string[]) => {
    const { json } = await ask(running.api, 'GET', `/api/stats?file_id=${fileId}`);
    return Object.fromEntries(names.map((level) => [level, json.stats.by_level[level]]));
  };

  test.for([
    ['Apache_2k.log', 'apache-error', { NOTICE: 1_405, ERROR: 595 }],
    ['HDFS_2k.log', 'application', { INFO: 1_920, WARN: 80 }],
    ['Hadoop_2k.log', 'application', { INFO: 1_040, WARN: 808, ERROR: 150, FATAL: 2 }],
    ['Zookeeper_2k.log', 'application', { INFO: 669, WARN: 1_318, ERROR: 13 }],
    ['HDFS_2k.log_structured.csv', 'csv', { INFO: 1_920, WARN: 80 }],
    ['Hadoop_2k.log_structured.csv', 'csv', { INFO: 1_040, WARN: 808, ERROR: 150, FATAL: 2 }],
    ['Zookeeper_2k.log_structured.csv', 'csv', { INFO: 669, WARN: 1_318, ERROR: 13 }],
  ] as const)('%s has 2,000 lines and its known levels', async ([name, format, known]) => {
    const file = await index('loghub', name);
    expect(file).toMatchObject({ line_count: 2_000, format, unparsed_count: 0 });
    expect(await levels(file.id, Object.keys(known))).toEqual(known);
  });

  test.for(['Linux_2k.log', 'Mac_2k.log', 'Spark_2k.log'])('%s has 2,000 lines', async (name) => {
    expect(await index('loghub', name)).toMatchObject({ line_count: 2_000 });
  });

  test('OpenSSH_2k.log has 520 lines with "Failed password"', async () => {
    const file = await index('loghub', 'OpenSSH_2k.log');
    expect(file).toMatchObject({ line_count: 2_000, format: 'syslog-rfc3164' });
    expect(await total({ file_id: file.id, q: '"Failed password"' })).toBe(520);
  });

  test('the access log has 10,000 requests of May 2015 with known status classes', async () => {
    const file = await index('access', 'apache_logs.log');
    expect(file).toMatchObject({ line_count: 10_000, format: 'apache-access', unparsed_count: 0, error_count: 3 });
    expect(file.first_timestamp?.slice(0, 10)).toBe('2015-05-17');
    expect(file.last_timestamp?.slice(0, 10)).toBe('2015-05-20');
    expect(await levels(file.id, ['ERROR', 'WARN', 'INFO'])).toEqual({
      ERROR: 3,
      WARN: 213 + 2 + 2,
      INFO: 9_126 + 445 + 164 + 45,
    });
  });

  test('the gzipped web requests are 14,074 records with known statuses', async () => {
    const file = await index('json', 'web_sample.ndjson.gz');
    expect(file).toMatchObject({
      line_count: 14_074,
      format: 'ndjson',
      gzipped: true,
      unparsed_count: 0,
      error_count: 441,
    });
    expect(await levels(file.id, ['INFO', 'WARN', 'ERROR'])).toEqual({ INFO: 12_832, WARN: 801, ERROR: 441 });
  });

  test('each csv-spectrum file equals its JSON', async () => {
    const folder = ['csv', 'csv-spectrum', 'csvs'];
    for (const name of readdirSync(sharedData(...folder))) {
      const known: unknown = JSON.parse(
        readFileSync(sharedData('csv', 'csv-spectrum', 'json', name.replace(/\.csv$/, '.json')), 'utf8'),
      );
      // The only pair that differs: its CSV has another phone number than its JSON.
      const corrected = { 'location_coordinates.csv': { 'Contact Phone Number': '2095257564' } }[name];
      const truth = [known].flat().map((row) => ({ ...Object(row), ...corrected }));
      const file = await index(...folder, name);
      const { results } = (
        await ask(running.api, 'POST', '/api/search', { file_id: file.id, sort: 'oldest', page_size: 1_000 })
      ).json;
      expect({ name, rows: results.map(({ fields }: { fields: object }) => fields) }).toEqual({ name, rows: truth });
    }
  });

  test('no sampled JSONTestSuite file is lost or crashes, and no invalid file counts as JSON', async () => {
    // json-test-suite.prove.test.ts reads all of them.
    const names = jsonTestSuite().filter((_, i) => i % 8 === 0);
    expect(names.length).toBeGreaterThan(30);
    await expectReadRight(running.api, names);
  });
});
