import { expect, test } from 'vitest';
import { MalformedBody } from '../errors.ts';
import { EXPORT_LOGS_REQUEST } from './log-messages.ts';
import { type Message, ProtobufReader } from './protobuf-reader.ts';

const NUMBERS: Message = {
  1: { name: 'small', type: () => 'int32' },
  2: { name: 'large', type: () => 'int64' },
  3: { name: 'real', type: () => 'double' },
  4: { name: 'bytes', type: () => 'bytes' },
};
const read = (message: Message, ...bytes: number[]) => new ProtobufReader(Buffer.from(bytes)).read(message);
/** Wraps bytes in an embedded field of each number, the innermost first. */
function nested(numbers: readonly number[], inner: readonly number[]): number[] {
  let bytes = [...inner];
  for (const number of numbers) {
    const length = bytes.length < 128 ? [bytes.length] : [(bytes.length % 128) + 128, Math.floor(bytes.length / 128)];
    bytes = [number * 8 + 2, ...length, ...bytes];
  }
  return bytes;
}

test('numbers keep their value: negative, beyond a double, not finite', () => {
  const ones = Array.from({ length: 9 }, () => 0xff);
  expect(read(NUMBERS, 0x08, ...ones, 0x01)).toEqual({ small: -1 });
  expect(read(NUMBERS, 0x10, ...ones, 0x01)).toEqual({ large: '-1' });
  expect(read(NUMBERS, 0x10, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10)).toEqual({ large: '9007199254740993' });
  expect(read(NUMBERS, 0x19, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f)).toEqual({ real: 'Infinity' });
  expect(read(NUMBERS, 0x22, 2, 0xfb, 0xff)).toEqual({ bytes: '+/8=' });
});

test('unknown fields of every wire type are skipped', () => {
  expect(read(NUMBERS, 0x78, 1, 0x79, ...Array(8).fill(0), 0x7a, 1, 9, 0x7d, 0, 0, 0, 0, 0x08, 7)).toEqual({
    small: 7,
  });
});

test.for([
  ['a field that is cut off', [0x22, 5, 1]],
  ['a number that does not end', [0x08, ...Array(11).fill(0xff)]],
  ['another wire type', [0x0d, 0, 0, 0, 0]],
  ['a group', [0x7b]],
] as [string, number[]][])('%s is MalformedBody', ([, bytes]) => {
  expect(() => read(NUMBERS, ...bytes)).toThrow(MalformedBody);
});

test('maps in maps are read to 30 levels, and deeper ones refused', () => {
  const maps = (count: number) => nested([...Array.from({ length: count }, () => [2, 1, 6]).flat(), 5, 2, 2, 1], []);
  expect(() => read(EXPORT_LOGS_REQUEST, ...maps(30))).not.toThrow();
  expect(() => read(EXPORT_LOGS_REQUEST, ...maps(33))).toThrow(/at most 100 levels/);
});
