export { KeyvStore } from './keyv-store.ts';
export type { KeyvStoreOptions } from './keyv-store-options.ts';
