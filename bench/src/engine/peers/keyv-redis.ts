import { createKeyv, type Keyv } from '@keyv/redis';

/** Opens a Keyv store on its own kind of client without a namespace: the bench makes the keys unique. */
export async function keyvRedis(url: string): Promise<Keyv> {
  const store = createKeyv(url);
  await store.get('connect');
  return store;
}
