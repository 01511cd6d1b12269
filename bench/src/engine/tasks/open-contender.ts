import { CONTENDERS, type ContenderName } from '../peers/contenders.ts';
import type { ClientSettings } from '../peers/ioredis-client.ts';
import type { Peer, PeerOptions, RedisUrls, Tiers } from '../peers/port.ts';
import { tagsOf } from './reading.ts';

export interface ContenderOptions {
  readonly contender: ContenderName;
  readonly tiers: Tiers;
  readonly tagged: boolean;
  readonly client: ClientSettings;
  readonly redis: RedisUrls;
}

/** Opens a contender with the load function of a task. At least `entries` entries fit into its memory. */
export async function openContender(
  { contender, tiers, tagged, client, redis }: ContenderOptions,
  load: PeerOptions['load'],
  entries = 50_000,
): Promise<Peer> {
  const open = await CONTENDERS[contender].open();
  return open({ tiers, tagged, client, redis, entries, load, tagsOf });
}
