import { createKeyv, type Keyv } from '@keyv/redis';

/** A Keyv store on its own kind of client, without namespace: the keys are the bench's own. */
export async function keyvRedis(url: string): Promise<Keyv> {
  const store = createKeyv(url);
  await store.get('connect');
  return store;
}
