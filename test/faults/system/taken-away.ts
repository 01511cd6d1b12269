import type { Mutant } from '@pilotlight/simulation';
import { MUTANTS } from '@pilotlight/simulation';

const WORKER = '../../../apps/worker/src';
const ELASTICSEARCH = '../../origin/src/log-store/elasticsearch';

/**
 * Protections that a control test runs without: those of the engine, removed as the simulation does, those of the
 * worker, and those of the log store. Paths of files are relative to `cache-core/src`. The shipped code has no switches for this.
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
  {
    name: 'refusePartial',
    without: 'an answer of Elasticsearch that lacks a shard is refused',
    edits: [
      { file: `${ELASTICSEARCH}/refuse-partial.ts`, find: '_shards.failed > 0', replace: '_shards.failed > 1e9' },
    ],
    sees: /expected 3 lines/,
  },
  {
    name: 'retryBulk',
    without: 'an operation that Elasticsearch does not accept now is sent again',
    edits: [
      {
        file: `${ELASTICSEARCH}/bulk-requests.ts`,
        find: 'if (FOR_GOOD.has(status) &&',
        replace: 'if (status >= 400 ||',
      },
    ],
    sees: /failed/,
  },
];
