import type { Peer, PeerOptions } from './port.ts';

/** Uses no library: an awaited `Map.get` in this process, without lifetimes, limits or tags. */
export async function openBareMap({ load }: PeerOptions): Promise<Peer> {
  const values = new Map<string, unknown>();
  return {
    // Awaiting a resolved promise costs the same as awaiting the value itself.
    getOrLoad: (key) => {
      const value = values.get(key);
      return value === undefined ? fill(key) : Promise.resolve(value);
    },
    close: async () => values.clear(),
  };

  async function fill(key: string): Promise<unknown> {
    const value = await load(key);
    values.set(key, value);
    return value;
  }
}
