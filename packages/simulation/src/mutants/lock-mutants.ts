import { edit, type FoundMutant } from './mutant.ts';

/** Mutants without one rule of loading a key once. */
export const LOCK_MUTANTS: readonly FoundMutant[] = [
  {
    name: 'lockGeneration',
    without: 'the name of the fill lock contains the last position that hit the key',
    edits: [edit('engine/acquire-fill-lock.ts', "index.lastHit('invalidate', invalidationTargetsOf(key))", "'any'")],
    seed: 43,
    sees: /waited \d+ ms without a load whose answer it may use/,
  },
  {
    name: 'singleFlight',
    without: 'one load per key in a process',
    edits: [edit('engine/reader.ts', 'if (!mayJoin) return undefined;', 'return undefined;')],
    seed: 18,
    sees: /while it loads it/,
  },
  {
    name: 'fillLock',
    without: 'one load per key over all processes',
    edits: [
      edit(
        'engine/acquire-fill-lock.ts',
        'while (clock.monotonic() < deadline && !isSharedUnreachable',
        'while (false && !isSharedUnreachable',
      ),
    ],
    seed: 3,
    sees: /readers of the cold key .* caused/,
  },
  {
    name: 'lookAgain',
    without: 'a process that acquires a lock which was released a moment ago looks for its entry again',
    edits: [
      edit(
        'engine/acquire-fill-lock.ts',
        'return lookedAt !== null && clock.monotonic() - lookedAt < unheldForMs;',
        'return lookedAt !== null;',
      ),
    ],
    seed: 9,
    sees: /readers of the cold key .* caused/,
  },
];
