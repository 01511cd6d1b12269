import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../../log-record.ts';
import { FileTimes } from '../file-times.ts';
import { SHAPES } from './all.ts';
import { compileShape } from './compile-shape.ts';
import type { Shape } from './shape.ts';

const TIMES = new FileTimes({ uploadedAt: new Date('2026-04-01T00:00:00Z') });
const OPENED = SHAPES.map((shape) => ({ shape, read: opened(shape) }));

interface Read {
  readonly record: LogRecord;
  readonly payload?: string;
}

function opened(shape: Shape): (line: string) => Read | null {
  const format = compileShape(shape);
  if (format.kind === 'wrapper') {
    const unwrap = format.open(TIMES);
    return (line) => {
      const unwrapped = unwrap(line);
      return unwrapped === null ? null : { record: unwrapped.outer, payload: unwrapped.payload };
    };
  }
  if (format.kind === 'batch') throw new Error('a shape is never a batch');
  const parser = format.open(TIMES);
  return (line) => {
    const record = parser.parse(line);
    return record === null || record === 'header' ? null : { record };
  };
}

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
      const taker = OPENED.find(({ read }) => read(line) !== null);
      expect(taker?.shape.name).toBe(shape.name);
      const found = taker?.read(line);
      expect(found?.record).toMatchObject(record);
      if (payload !== undefined) expect(found?.payload).toBe(payload);
    },
  );
});
