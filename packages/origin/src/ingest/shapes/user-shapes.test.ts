import { describe, expect, test } from 'vitest';
import { MAX_SHAPE_CHARACTERS, parseUserShape, parseUserShapes } from './user-shapes.ts';

const TICKETS = {
  name: 'tickets',
  pattern: '%{TIMESTAMP_ISO8601:timestamp} <%{WORD:level}> %{WORD:queue} took %{NUMBER:duration_ms}',
  examples: [
    {
      line: '2026-03-01T10:00:00Z <error> mail took 12',
      record: { timestamp: '2026-03-01T10:00:00.000Z', level: 'ERROR', responseTimeMs: 12, fields: { queue: 'mail' } },
    },
  ],
};

const json = (changes: object) => JSON.stringify({ ...TICKETS, ...changes });

describe('a shape of a user', () => {
  test('is read with defaults for what it leaves out', () => {
    expect(parseUserShape(json({}))).toEqual({ ...TICKETS, title: 'tickets', source: '', family: 'yours' });
  });

  test.each([
    ['no JSON', '{', /^expected JSON, got text that does not parse/],
    ['no object', '[]', /^shape: expected an object/],
    ['no pattern', '{"name":"a"}', /^shape: pattern: expected a pattern/],
    ['an unknown property', json({ patern: 'x' }), /^shape: unknown: patern/],
    ['a bad name', json({ name: 'My shape' }), /name: expected a name of lower-case letters/],
    ['the name of a built-in format', json({ name: 'ndjson' }), /\(ndjson\): expected a name of its own/],
    ['the name of a built-in shape', json({ name: 'aws-alb' }), /which a built-in format has/],
    ['an unknown level', json({ levels: { W: 'WARNING' } }), /levels: W: expected one of TRACE, DEBUG/],
    ['a long pattern', json({ pattern: 'a'.repeat(2_001) }), /pattern: expected at most 2000 characters/],
    ['a long text', `"${'a'.repeat(MAX_SHAPE_CHARACTERS)}"`, /expected a shape of at most 20000 characters/],
    [
      'an unknown token',
      json({ pattern: '%{TIMESTAMP:timestamp}' }),
      /expected one of the tokens .*got %\{TIMESTAMP\}/,
    ],
    ['a pattern without columns', json({ pattern: '.*' }), /expected a pattern with at least one column/],
    [
      'a broken pattern',
      json({ pattern: '%{WORD:a} [' }),
      /expected a regular expression, got one that does not compile/,
    ],
    ['a slow pattern', json({ pattern: '%{DATA:a} %{DATA:b} %{GREEDYDATA:c}' }), /tries more than 200 ways on a text/],
    ['a slow further line', json({ further: ['(?<x>(?:a+)+)b'] }), /tries more than 200 ways on a text/],
    ['too many further lines', json({ further: Array(11).fill('a') }), /further: expected at most 10 patterns/],
    ['an instant of an unknown column', json({ instant: '{day}' }), /expected a pattern with the column day/],
    ['a slow continuation', json({ continues: '(?:a+)+b' }), /tries more than 200 ways on a text/],
    [
      'a payload that is not a column',
      json({ payload: 'line' }),
      /expected a pattern with the column line, got one with/,
    ],
    ['an example that does not match', json({ examples: [{ line: 'x' }] }), /to match its example, got none for "x"/],
    [
      'an example with another record',
      json({ examples: [{ ...TICKETS.examples[0], record: { level: 'WARN' } }] }),
      /expected level to be "WARN" in the example .*, got "ERROR"/,
    ],
    [
      'an example with another field',
      json({ examples: [{ ...TICKETS.examples[0], record: { fields: { queue: 'pay' } } }] }),
      /expected fields.queue to be "pay"/,
    ],
  ])('with %s is refused', (_name, text, message) => {
    expect(() => parseUserShape(text)).toThrow(message);
  });
});

describe('a file of shapes', () => {
  test('is read in its order', () => {
    const names = parseUserShapes(`[${json({})}, ${json({ name: 'b', examples: [] })}]`).map(({ name }) => name);
    expect(names).toEqual(['tickets', 'b']);
  });

  test.each([
    ['no array', '{}', /expected a JSON array of shapes/],
    ['two shapes of one name', `[${json({})}, ${json({})}]`, /^shape 2: expected a name of its own, got tickets/],
    ['a bad shape', `[${json({})}, {}]`, /^shape 2: name: expected a name; pattern: expected a pattern/],
    [
      'too many shapes',
      JSON.stringify(Array.from({ length: 101 }, () => ({}))),
      /expected at most 100 shapes, got 101/,
    ],
    ['too long a text', `"${'a'.repeat(2_000_000)}"`, /expected shapes of at most 2000000 characters/],
  ])('with %s is refused', (_name, text, message) => {
    expect(() => parseUserShapes(text)).toThrow(message);
  });
});
