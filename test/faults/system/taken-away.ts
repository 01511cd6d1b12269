import type { Mutant } from '@pilotlight/simulation';
import { MUTANTS } from '@pilotlight/simulation';

const WORKER = '../../../apps/worker/src';

/**
 * Protections that a control test runs without: those of the engine, removed as the simulation does, and those of the
 * worker. Paths of files are relative to `cache-core/src`. The shipped code has no switches for this.
 */
export const REMOVED_PROTECTIONS: readonly Omit<Mutant, 'seed'>[] = [
  ...MUTANTS.filter(({ name }) => name === 'lease' || name === 'fence'),
  {
    name: 'relay',
    without: 'a worker hands events over from the outbox',
    edits: [{ file: `${WORKER}/run-worker.ts`, find: 'await relay.start();', replace: '' }],
    sees: /is not applied/,
  },
  {
    name: 'stalledCheck',
    without: 'a job whose worker died is taken over',
    edits: [{ file: `${WORKER}/limits.ts`, find: 'STALLED_CHECK_MS = 1_000', replace: 'STALLED_CHECK_MS = 3_600_000' }],
    sees: /is not indexed/,
  },
];
