import { ioredisClient } from '../peers/ioredis-client.ts';
import { msOf } from './reading.ts';

/** Measures round trips to a Redis server, one after the other. */
export async function roundTrips({ url }: { url: string }) {
  const client = await ioredisClient(url, 'plain');
  return {
    /** Returns the time of each PING in ms. */
    measure: async (times: number): Promise<number[]> => {
      const took: number[] = [];
      for (let i = 0; i < times; i++) took.push(await msOf(() => client.ping()));
      return took;
    },
    close: () => client.disconnect(),
  };
}
