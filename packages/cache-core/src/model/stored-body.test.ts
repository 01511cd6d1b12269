import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseKey } from './key.ts';
import { bufferOf, isReproduced, reproduced, storedBody, storedBytesOf } from './stored-body.ts';
import { frozenValue, toBody } from './value.ts';

const KEY = parseKey('k:1');

/** Names and leaves that JSON.parse and JSON.stringify treat in a special way. */
const name = fc.oneof(
  fc.constantFrom('__proto__', 'toJSON', 'constructor', '0', '7', '-1', '01', '4294967294', '4294967295', '', '\ud800'),
  fc.nat().map(String),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const leaf = fc.oneof(
  fc.constantFrom(
    null,
    true,
    -0,
    1e21,
    1e-7,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    2 ** 53 + 2,
    Number.NaN,
    '\udfff',
    'я',
  ),
  fc.double(),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(name, tie('value')), { maxLength: 6, selector: ([one]) => one }).map((members) => {
      const made: Record<string, unknown> = {};
      // A literal or an assignment of __proto__ would set the prototype.
      for (const [one, value] of members)
        Object.defineProperty(made, one, { value, enumerable: true, configurable: true, writable: true });
      return made;
    }),
  ),
}));

test('the body that is made of a decoded value is the body that it was decoded from', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const body = toBody(KEY, value);
      const decoded = frozenValue(body).value;
      expect(isReproduced(storedBody(body), decoded)).toBe(true);
      expect(reproduced(decoded).equals(body)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['spaces', '{"a": 1}'],
  ['integer names in another order', '{"b":1,"7":2}'],
  ['a number in another form', '[1.0]'],
  ['a number that a double cannot hold', '[9007199254740993]'],
  ['minus zero', '[-0]'],
  ['escapes that need none', '["\\u0041"]'],
  ['one name twice', '{"a":1,"a":2}'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['characters beyond ASCII as escapes', '["\\u044f"]'],
])('a body with %s is not made of its value', (_, text) => {
  const body = Buffer.from(text);
  expect(isReproduced(storedBody(body), frozenValue(body).value)).toBe(false);
});

test('no body is not made of undefined', () => {
  expect(isReproduced(storedBody(Buffer.alloc(0)), undefined)).toBe(false);
});

test('the stored form of any bytes has the same bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 5_000, size: 'max' }),
    fc.string({ maxLength: 5_000 }).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, (array) => {
      const body = Buffer.from(array);
      expect(bufferOf(storedBody(body)).equals(body)).toBe(true);
    }),
  );
});

test('a small ASCII body is text, and another body is a Buffer of its own memory', () => {
  const chunk = Buffer.alloc(65_536, '7');
  const [small, large] = [storedBody(chunk.subarray(0, 100)), storedBody(chunk.subarray(0, 5_000))];
  expect([typeof small, typeof large, typeof storedBody(Buffer.from('"я"'))]).toEqual(['string', 'object', 'object']);
  expect(large instanceof Buffer && large.buffer.byteLength).toBe(5_000);
  expect([storedBytesOf(small), storedBytesOf(large), storedBytesOf(null)]).toEqual([120, 5_200, 0]);
});
