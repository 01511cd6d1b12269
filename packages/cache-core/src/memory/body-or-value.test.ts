import { beforeEach, describe, expect, test } from 'vitest';
import type { CachedEntry } from '../model/cached-entry.ts';
import { sampleEntry } from '../ports/testing/cached-entry-sample.ts';
import { MemoryTier } from './memory-tier.ts';

/** A value that takes more bytes than its body, and one that takes less. */
const LARGE = Array.from({ length: 200 }, (_, i) => ({ id: i, name: `row ${i}`, ratio: i / 7 }));
const SMALL = { total: 1_048_576, by_level: { INFO: 901_224, WARN: 88_123, ERROR: 44_007 }, a_long_name: true };

let tier: MemoryTier;
let decodedSince = 0;
beforeEach(() => {
  tier = new MemoryTier(10_000_000);
});

function put(parts: Parameters<typeof sampleEntry>[1]): CachedEntry {
  const one = sampleEntry('k:1', parts);
  tier.put(one);
  return one;
}

/** Decodes 200 other entries, so that the tier decides about those before. */
function settle(): void {
  for (let i = 0; i < 200; i++) {
    const other = sampleEntry(`other:${decodedSince++}`, { value: [i] });
    tier.put(other);
    other.value();
  }
}

const read = (): unknown => tier.get(sampleEntry('k:1').key)?.value();

describe('an entry that is read as a value', () => {
  test('keeps the value alone if that is smaller, and makes the same body of it', () => {
    const one = put({ value: SMALL });
    const [bare, body, value] = [one.sizeBytes, Buffer.from(one.body), one.value()];
    settle();
    expect([one.value() === value, one.sizeBytes < bare]).toEqual([true, true]);
    expect([one.body.equals(body), one.bodyBytes]).toEqual([true, body.length]);
  });

  test('keeps the body alone if that is smaller and it is read once', () => {
    const one = put({ value: LARGE });
    const [bare, value] = [one.sizeBytes, one.value()];
    settle();
    expect(one.sizeBytes).toBe(bare);
    expect(one.value()).toEqual(value);
  });

  test('keeps the value alone once it is read often', () => {
    const one = put({ value: LARGE });
    const body = Buffer.from(one.body);
    const values = [read(), read(), read()];
    const both = one.sizeBytes;
    settle();
    expect([one.value() === values[2], one.sizeBytes < both - body.length]).toEqual([true, true]);
    expect(one.body.equals(body)).toBe(true);
  });

  test.each(['{"a": 1.0, "b": [1, 2, 3]}', '{"b":1,"1":2}'])(
    'keeps a body that its value does not reproduce: %s',
    (json) => {
      const one = put({ body: Buffer.from(json) });
      for (let i = 0; i < 3; i++) read();
      settle();
      expect([one.body.toString(), one.value()]).toEqual([json, JSON.parse(json)]);
    },
  );

  test('has one value for the readers of one load', () => {
    const one = put({ value: LARGE });
    const value = one.value();
    expect(one.value()).toBe(value);
  });
});

describe('an entry that HTTP sends', () => {
  const send = (one: CachedEntry): Buffer => {
    if (!one.prepared) one.prepare({});
    return one.keptBody();
  };

  test('is never decoded', () => {
    const one = put({ value: LARGE });
    const bare = one.sizeBytes;
    for (let i = 0; i < 3; i++) send(one);
    settle();
    const sent = send(one);
    expect([send(one) === sent, one.sizeBytes]).toEqual([true, bare]);
  });

  test('and that is read as a value keeps both, and makes neither again', () => {
    const one = put({ value: LARGE });
    const [value, body] = [read(), send(one)];
    for (let i = 0; i < 3; i++) read();
    for (let i = 0; i < 3; i++) {
      settle();
      expect([read() === value, send(one) === body]).toEqual([true, true]);
    }
  });

  test('after readers of the value have used it, has the bytes that it was stored with', () => {
    const one = put({ value: LARGE });
    const body = Buffer.from(one.body);
    for (let i = 0; i < 3; i++) read();
    settle();
    expect(send(one).equals(body)).toBe(true);
    const sent = send(one);
    expect(send(one)).toBe(sent);
  });
});

test('a reload with the same answer takes over a value without its body', () => {
  const one = put({ value: LARGE });
  for (let i = 0; i < 3; i++) read();
  const value = one.value();
  settle();
  const after = put({ value: LARGE, asOf: 2 });
  expect([after.value() === value, after.body.equals(one.body), after.sizeBytes]).toEqual([true, true, one.sizeBytes]);
});

test('an evicted entry is released at once, also if it was decoded last', () => {
  const one = put({ value: LARGE });
  one.value();
  const { sizeBytes } = one;
  tier.evict(one.key);
  expect([one.queue, tier.sizeBytes]).toEqual([null, 0]);
  settle();
  expect(one.sizeBytes).toBe(sizeBytes); // the tier has not decided about it
});
