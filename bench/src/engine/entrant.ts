import { type ContenderName, contendersFor, labelOf } from './peers/contenders.ts';
import type { ClientSettings } from './peers/ioredis-client.ts';
import type { Tiers } from './peers/port.ts';

/** A contender in one round: with tagged entries or without, with its own or our Redis client settings. */
export interface Entrant {
  readonly contender: ContenderName;
  readonly tagged: boolean;
  readonly client: ClientSettings;
}

/** Returns all contenders that support the combination, ours first. */
export function entrants(tiers: Tiers, tagged: boolean): Entrant[] {
  return contendersFor({ tiers, tagged }).map((contender) => ({ contender, tagged, client: 'plain' }));
}

export function shownAs({ contender, tagged, client }: Entrant): string {
  const label = labelOf(contender, tagged);
  return client === 'ours' && contender !== 'ours' && contender !== 'raw' ? `${label}, our client settings` : label;
}
