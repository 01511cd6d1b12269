import { describe, expect, test } from 'vitest';
import { FileTimes } from '../file-times.ts';
import { SHAPES } from './all.ts';
import { compileShape } from './compile-shape.ts';
import { readExample } from './read-example.ts';

const TIMES = new FileTimes({ uploadedAt: new Date('2026-04-01T00:00:00Z') });
const FORMATS = SHAPES.map((shape) => ({ shape, format: compileShape(shape) }));

const EXAMPLES = SHAPES.flatMap((shape) => shape.examples.map((example) => ({ ...example, shape })));

describe('the shapes', () => {
  test('have names of their own and an example each', () => {
    const names = SHAPES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, source, examples } of SHAPES) {
      expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
      expect(source).toMatch(/^https?:\/\//);
      expect(examples.length).toBeGreaterThan(0);
    }
  });

  test.each(EXAMPLES.map((example) => [example.shape.name, example.line, example] as const))(
    '%s reads %s, and no earlier shape does',
    (_name, line, { shape, record, payload }) => {
      const taker = FORMATS.find(({ format }) => readExample(format, line, TIMES) !== null);
      expect(taker?.shape.name).toBe(shape.name);
      const found = taker === undefined ? null : readExample(taker.format, line, TIMES);
      expect(found?.record).toMatchObject(record);
      if (payload !== undefined) expect(found?.payload).toBe(payload);
    },
  );
});
