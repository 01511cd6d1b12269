import { edit, type FoundMutant, OWN_WRITE } from './mutant.ts';

/** Mutants without one rule of the option `minPosition`, by which a process reads its own writes. */
export const OWN_WRITE_MUTANTS: readonly FoundMutant[] = [
  {
    name: 'minPosition',
    without: 'a read with a minimum position that its process has not applied gets no entry',
    edits: [edit('engine/decide.ts', "if (isBehind) return { do: 'load', missing: 'behind', stale: null };", '')],
    seed: 54,
    sees: OWN_WRITE,
  },
  {
    name: 'minPositionJoins',
    without: 'such a read joins only loads that began after it',
    edits: [edit('engine/reader.ts', 'loadAfter === null || (load.asksOrigin && load.number > loadAfter)', 'true')],
    seed: 7,
    sees: OWN_WRITE,
  },
  {
    name: 'minPositionFetches',
    without: 'such a read takes over no load of another process',
    edits: [edit('engine/filler.ts', 'const alone = inFlight.asksOrigin ||', 'const alone =')],
    seed: 138,
    sees: OWN_WRITE,
  },
  {
    name: 'minPositionPending',
    without: 'a pending write has no position that a process could have applied',
    edits: [
      edit('log/reaches-position.ts', 'if (position === null) return false;', 'if (position === null) return true;'),
    ],
    seed: 7,
    sees: OWN_WRITE,
  },
  {
    name: 'minPositionEpoch',
    without: 'positions of different epochs are not comparable',
    edits: [edit('log/reaches-position.ts', 'synced && epoch === stamp.epoch &&', 'synced &&')],
    seed: 54,
    sees: OWN_WRITE,
  },
];
