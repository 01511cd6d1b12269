import { describe, expect, test } from 'vitest';
import { levelOfColumn } from '../column-values.ts';
import { readOne } from '../testing/read-all.ts';
import { ALL_SCHEMAS } from './all.ts';
import { SchemaPlans } from './schema-plans.ts';

const EXAMPLES = ALL_SCHEMAS.flatMap(({ name, examples }) =>
  examples.map((example, index) => ({ title: `${name} ${index + 1}`, name, ...example })),
);

describe('the table of schemas', () => {
  test.each(EXAMPLES)('$title reads as documented', async ({ line, record }) => {
    const { fields: _fields, message, ...read } = (await readOne(line)).record;
    // Without a message of its own, a record's message is its line.
    expect({ ...read, message }).toEqual({ level: 'UNKNOWN', message: line, ...record });
  });

  test.each(EXAMPLES.filter(({ line }) => line.startsWith('{')))('$title is of its own schema', ({ name, line }) => {
    expect(new SchemaPlans().planOf(JSON.parse(line)).schema?.name).toBe(name);
  });

  test('every schema has a unique name, a source and an example', () => {
    expect(new Set(ALL_SCHEMAS.map(({ name }) => name)).size).toBe(ALL_SCHEMAS.length);
    for (const { name, source, examples } of ALL_SCHEMAS) {
      expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
      expect(source).toMatch(/^https:\/\//);
      expect({ name, examples: examples.length > 0 }).toEqual({ name, examples: true });
    }
  });
});

describe('a number of level', () => {
  test.each([
    ['windows', ['INFO', 'FATAL', 'ERROR', 'WARN', 'INFO', 'TRACE', undefined]],
    ['syslog', ['FATAL', 'FATAL', 'FATAL', 'ERROR', 'WARN', 'NOTICE', 'INFO', 'DEBUG', undefined]],
    ['otlp', [undefined, 'TRACE', 'TRACE', 'TRACE', 'TRACE', 'DEBUG']],
  ] as const)('means what the scale %s says', (scale, levels) => {
    expect(levels.map((_, number) => levelOfColumn(number, scale))).toEqual(levels);
    expect(levels.map((_, number) => levelOfColumn(String(number), scale))).toEqual(levels);
  });

  test('has no meaning in an unknown schema and stays in fields', async () => {
    const { record } = await readOne('{"when":"2026-03-01","level":3,"severity":"40","x":1}');
    expect(record).toMatchObject({ level: 'UNKNOWN', fields: { level: 3, severity: '40' } });
  });
});

describe('a duration', () => {
  test('without a unit in its name, its value or its schema stays in fields', async () => {
    const { record } = await readOne('{"msg":"m","duration":12,"latency":"3.5"}');
    expect(record.responseTimeMs).toBeUndefined();
    expect(record.fields).toEqual({ duration: 12, latency: '3.5' });
  });

  test.each([
    ['duration_ms', 12, 12],
    ['durationMs', 12, 12],
    ['elapsedMilliseconds', 12, 12],
    ['duration_s', 1.5, 1500],
    ['response_time_seconds', '0.25', 250],
    ['elapsed_us', 1500, 1.5],
    ['durationNs', 2_000_000, 2],
    ['duration', '12ms', 12],
    ['elapsed', '1.5s', 1500],
  ])('%s of %j is %d ms', async (name, value, milliseconds) => {
    const { record } = await readOne(JSON.stringify({ msg: 'm', [name]: value }));
    expect(record).toMatchObject({ responseTimeMs: milliseconds, fields: {} });
  });
});
