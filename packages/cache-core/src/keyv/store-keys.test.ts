import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import { prefixesOf } from '../model/selector.ts';
import { StoreKeys } from './store-keys.ts';

const keys = new StoreKeys('keyv');
/** Any sequence of UTF-16 code units, and what looks like the store's own. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom('a', ':', '#', '@1', '*', '\u0000', '\ud800', '\udc00', 'é'), { maxLength: 6 })
    .map((parts) => parts.join('')),
  fc.string({ minLength: 1_000, maxLength: 1_100 }),
);
const anyNamespace = fc.option(anyText, { nil: undefined });

test('a plain key is readable in the cache', () => {
  expect(keys.keyOf('sessions', 'user:1')).toBe('keyv:sessions:user:1');
  expect(keys.keyOf(undefined, 'größe 🚀')).toBe('keyv:#:größe 🚀');
});

test('every key of every namespace is a key of the cache, under its namespace’s prefix', () => {
  fc.assert(
    fc.property(anyNamespace, anyText, (namespace, key) => {
      const target = keys.keyOf(namespace, key);
      expect(parseKey(target)).toBe(target);
      expect(prefixesOf(target)).toEqual(expect.arrayContaining(['keyv', keys.placeOf(namespace)]));
    }),
  );
});

test('different keys or namespaces are different keys in the cache', () => {
  const plain = (namespace: string | undefined) => namespace || undefined; // Keyv holds an empty namespace for none
  fc.assert(
    fc.property(anyNamespace, anyText, anyNamespace, anyText, (namespaceA, keyA, namespaceB, keyB) => {
      fc.pre(plain(namespaceA) !== plain(namespaceB) || keyA !== keyB);
      expect(keys.keyOf(namespaceA, keyA)).not.toBe(keys.keyOf(namespaceB, keyB));
    }),
  );
});

test('keys that differ in halves of surrogate pairs differ in the cache', () => {
  expect(new Set(['\ud800', '\ud801', '\ufffd', '\ud800\ud800'].map((key) => keys.keyOf('a', key))).size).toBe(4);
});

test('a key or namespace that looks like an encoded one is not confused with it', () => {
  const long = 'x'.repeat(2_000);
  const [, , forKey = ''] = keys.keyOf('a', long).split(':');
  expect(keys.keyOf('a', forKey)).not.toBe(keys.keyOf('a', long));
  const [, forNamespace = ''] = keys.keyOf(long, 'k').split(':');
  expect(keys.keyOf(forNamespace, 'k')).not.toBe(keys.keyOf(long, 'k'));
});

test('clearing a namespace hits no key of another', () => {
  fc.assert(
    fc.property(anyText, anyNamespace, anyText, (cleared, namespace, key) => {
      fc.pre(cleared !== '' && cleared !== namespace);
      expect(prefixesOf(keys.keyOf(namespace, key))).not.toContain(keys.clearedWith(cleared));
    }),
  );
});

test('a namespace that ends in a version is not part of the one without it', () => {
  expect(prefixesOf(keys.keyOf('carts@2', 'k'))).not.toContain(keys.clearedWith('carts'));
});
