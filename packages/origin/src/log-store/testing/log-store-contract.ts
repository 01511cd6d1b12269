import { afterAll, beforeAll, describe } from 'vitest';
import { depthContract } from './depth-contract.ts';
import { queryContract } from './query-contract.ts';
import { searchContract } from './search-contract.ts';
import { statsContract } from './stats-contract.ts';
import { textContract } from './text-contract.ts';
import { transferContract } from './transfer-contract.ts';
import { visibilityContract } from './visibility-contract.ts';
import type { LogStoreWorld } from './world.ts';
import { zoneContract } from './zone-contract.ts';

/** Contract suite of `LogStore`; every adapter must pass it. `makeWorld` creates an empty world for each part. */
export function logStoreContract(name: string, makeWorld: () => Promise<LogStoreWorld>): void {
  describe(`log store: ${name}`, () => {
    for (const part of [
      textContract,
      queryContract,
      searchContract,
      depthContract,
      statsContract,
      zoneContract,
      visibilityContract,
      transferContract,
    ]) {
      describe(part.name, () => {
        let world: LogStoreWorld | undefined;
        beforeAll(async () => {
          world = await makeWorld();
        });
        afterAll(async () => await world?.close());
        part(() => {
          if (world === undefined) throw new Error('the store under test could not be made');
          return world;
        });
      });
    }
  });
}
