import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { kept } from './kept-sample.ts';
import { MemoryTier } from './memory-tier.ts';

const rows = Array.from({ length: 200 }, (_, i) => ({ id: i, name: `row ${i}`, ratio: i / 7 }));

test('all readers share one value', () => {
  const one = kept('k:1', { value: { rows } });
  expect(one.value()).toBe(one.value());
  expect(one.value()).toEqual({ rows });
});

test('undefined and null are values, decoded once like others', () => {
  expect([kept('k:1', { body: Buffer.alloc(0) }).value(), kept('k:1', { value: null }).value()]).toEqual([
    undefined,
    null,
  ]);
});

test('whoever copies an entry has all members of it', () => {
  const one = kept('k:1', { value: rows, tags: ['file-1'], scope: { level: ['ERROR'] } });
  const { epoch, asOf, loadedAt, freshUntil, revalidateUntil, staleUntil, loadMs, body, etag, tags, scope } = one.entry;
  const times = { loadedAt, freshUntil, revalidateUntil, staleUntil, loadMs };
  expect({ ...one.entry }).toMatchObject({ epoch, asOf, ...times, body, etag, tags, scope });
  expect(body.toString()).toBe(JSON.stringify(rows));
});

test('each variant is the body, compressed, in memory of its own', async () => {
  const one = kept('k:1', { value: rows });
  for (const encoding of ['zstd', 'br', 'gzip'] as const) await one.makeVariant(encoding);
  const decoders = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync };
  for (const encoding of ['zstd', 'br', 'gzip'] as const) {
    const bytes = one.variant(encoding);
    expect(bytes && decoders[encoding](bytes)).toEqual(one.entry.body);
    expect(bytes?.buffer.byteLength).toBe(bytes?.length);
    expect(bytes?.length).toBeLessThan(one.entry.body.length / 2);
  }
});

test('until a variant is made it is not there, and however often it is asked for it is made once', async () => {
  const one = kept('k:1', { value: rows });
  const making = [one.makeVariant('gzip'), one.makeVariant('gzip')];
  expect(one.variant('gzip')).toBeUndefined();
  await Promise.all(making);
  const made = one.variant('gzip');
  await one.makeVariant('gzip');
  expect(one.variant('gzip')).toBe(made);
});

test('no variant is made of a body that is small, or that gets no smaller', async () => {
  const small = kept('k:1', { value: 'a'.repeat(500) });
  const noise = kept('k:2', { body: Buffer.from(crypto.getRandomValues(new Uint8Array(5_000))) });
  const before = [small.sizeBytes, noise.sizeBytes];
  for (const encoding of ['zstd', 'br', 'gzip'] as const) {
    await Promise.all([small, noise].map((one) => one.makeVariant(encoding)));
    expect([small.variant(encoding), noise.variant(encoding)]).toEqual([undefined, undefined]);
  }
  expect([small.sizeBytes, noise.sizeBytes]).toEqual(before);
});

test('tags count: an entry is as big as all that it holds', () => {
  const tags = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(100));
  expect(kept('k:1', { tags }).sizeBytes - kept('k:1').sizeBytes).toBeGreaterThan(100 * 100);
});

describe('reloaded, and the answer is the same as before,', () => {
  const reloaded = async (value: unknown) => {
    const tier = new MemoryTier(1_000_000);
    const [before, after] = [kept('k:1', { value: rows }), kept('k:1', { value, asOf: 2 })];
    tier.put(before);
    before.value();
    await before.makeVariant('gzip');
    tier.put(after);
    return { before, after, tier };
  };

  test('it is not decoded and not compressed again, and takes as much as before', async () => {
    const { before, after, tier } = await reloaded(rows);
    expect([after.lacks('gzip'), after.value() === before.value()]).toEqual([false, true]);
    expect(after.variant('gzip')).toBe(before.variant('gzip'));
    expect(tier.sizeBytes).toBe(before.sizeBytes);
  });

  test('otherwise nothing of the answer before is kept', async () => {
    const { after } = await reloaded(rows.slice(1));
    expect([after.lacks('gzip'), after.variant('gzip'), after.value()]).toEqual([true, undefined, rows.slice(1)]);
  });

  test('though its entity tag be the same by accident, another body is another answer', async () => {
    const tier = new MemoryTier(1_000_000);
    const [before, after] = [kept('k:1', { value: 'before' }), kept('k:1', { value: 'after', etag: 'same', asOf: 2 })];
    tier.put(kept('k:1', { ...before.entry, etag: 'same' }));
    tier.put(after);
    expect(after.value()).toBe('after');
  });
});
