import { Keyv, type KeyvStoreAdapter } from 'keyv';
import { Keyv as Keyv6, type KeyvBridgeStore } from 'keyv-6';
import { expect, expectTypeOf, test } from 'vitest';
import type { KeyvStore } from './index.ts';

test('a store has the type of a storage adapter of Keyv 5, which Keyv 6 accepts', () => {
  expectTypeOf<KeyvStore>().toExtend<KeyvStoreAdapter>();
  // Of `namespace` it says that it is there or not, and sets it to undefined itself.
  expectTypeOf<KeyvStore>().toExtend<Omit<KeyvBridgeStore, 'namespace'>>();
  expectTypeOf(Keyv).toBeConstructibleWith({} as KeyvStore);
  expectTypeOf(Keyv6).toBeConstructibleWith({} as KeyvStore);
  // The compiler has judged the above; here is that the classes are there when it runs.
  expect([Keyv, Keyv6].map((its) => typeof its)).toEqual(['function', 'function']);
});
