import { edit, type FoundMutant, KNOWN_HIT, STALE_READ } from './mutant.ts';

/** Mutants without one rule of reading, loading or storing. */
export const ENGINE_MUTANTS: readonly FoundMutant[] = [
  {
    name: 'fence',
    without: 'an entry is servable and storable only if nothing after its asOf hit it',
    edits: [
      edit('engine/lookup.ts', "cached.isServable &&= !index.isHitSince('invalidate', cached, since)", 'true'),
      edit('engine/filler.ts', "entry.epoch === epoch && !index.isHitSince('invalidate', entry, entry.asOf)", 'true'),
    ],
    seed: 6,
    sees: STALE_READ,
  },
  {
    name: 'asOfBeforeLoad',
    without: 'asOf is taken before the load starts',
    edits: [
      edit(
        'engine/load.ts',
        'return answers.map(',
        'for (const { start } of jobs) start.stamp = this.#options.follower.stamp; return answers.map(',
      ),
    ],
    seed: 3,
    sees: STALE_READ,
  },
  {
    name: 'joinChecks',
    without: 'a reader joins a load only if no known invalidation hit it',
    edits: [
      edit(
        'engine/in-flight-loads.ts',
        `return this.#follower.index.isHitSince('invalidate', invalidationTargetsOf(key), load.stamp.asOf)
      ? undefined
      : load;`,
        'return load;',
      ),
      edit('engine/in-flight-loads.ts', 'if (compareStamps(arrived, load.stamp) <= 0) return true;', 'return true;'),
    ],
    seed: 16,
    sees: STALE_READ,
  },
  {
    name: 'endOfLoadChecks',
    without: 'tags become known when a load ends, and are then checked for each reader that joined',
    edits: [
      edit('engine/in-flight-loads.ts', 'if (compareStamps(arrived, load.stamp) <= 0) return true;', 'return true;'),
    ],
    seed: 199,
    sees: STALE_READ,
  },
  {
    name: 'compareAndSet',
    without: 'a fill never replaces a newer entry',
    edits: [edit('testing/memory-shared-server.ts', 'if (there && compareStamps(there, stamp) > 0) return false;', '')],
    seed: 5,
    sees: /the shared tier held .* and now holds it as of/,
  },
  {
    name: 'staleChecks',
    without: 'a stale answer is one that expired, never one that an invalidation hit',
    edits: [
      edit(
        'engine/lookup.ts',
        "if (!(verified ? this.isServable(cached) : this.isServableWhileDisconnected(cached))) return 'outdated';",
        "if (!verified && !this.isServableWhileDisconnected(cached)) return 'outdated';",
      ),
      edit(
        'engine/decide.ts',
        `if (isCachedEntry(memory) && (!verified || lookup.isFresh(memory)))
      return`,
        'if (isCachedEntry(memory) && (!verified || (lookup.isFresh(memory) && lookup.isServable(memory)))) return',
      ),
      edit(
        'engine/decide.ts',
        "if (!lookup.isServable(found.cached)) return { do: 'load', missing: 'outdated', stale: null };",
        '',
      ),
      edit(
        'engine/reader.ts',
        'return lookup.isServable(cached) && lookup.isAlive(cached);',
        'return lookup.isAlive(cached);',
      ),
    ],
    seed: 11,
    sees: /the stale .*(is from before an acknowledged invalidation|shows the state before)/,
  },
  {
    name: 'verdictByVersion',
    without: 'the verdict of an entry holds for one version of the index',
    edits: [
      edit('engine/lookup.ts', 'cached.goodAt === this.#options.follower.index.version ||', 'cached.goodAt >= 0 ||'),
    ],
    seed: 1,
    sees: STALE_READ,
  },
  {
    name: 'warmChecks',
    without: 'a worker past its lease catches up before it reports whether an answer is fresh',
    edits: [edit('engine/warmer.ts', 'if (!follower.isCurrent && !(await follower.catchUp())) return false;', '')],
    seed: 834,
    sees: / warm .*is from before an acknowledged/,
  },
  {
    name: 'warmJoinChecks',
    without: 'a warm that joined a load checks whether that load is still valid',
    edits: [edit('engine/warmer.ts', 'if (inFlight.mayAnswer(joined, result, arrived)) return', 'return')],
    seed: 301,
    sees: / warm .*is from before an acknowledged/,
  },
  {
    name: 'batchChecks',
    without: 'a batch checks entries in memory against the fence',
    edits: [
      edit(
        'engine/batch-reads.ts',
        'const cached = lookup.freshInMemory(key, at.monotonic, at.wall);',
        `const held = engine.memory.get(key);
        const cached = held && isCurrent && lookup.isFresh(held) ? held : null;`,
      ),
    ],
    seed: 3,
    sees: / batch .*(is from before an acknowledged|shows the state before)/,
  },
  {
    name: 'batchDecides',
    without: 'a key of a batch that does not ask the origin lets the others continue',
    edits: [
      edit(
        'engine/reader.ts',
        'if (onLoadSkipped) void Promise.resolve(reading.started?.result).then(onLoadSkipped, onLoadSkipped);',
        '',
      ),
    ],
    seed: 5,
    sees: /never ended/,
  },
  {
    name: 'maxAgeWhenDisconnected',
    without: 'while the log is unreachable, only recently loaded answers are served',
    edits: [
      edit(
        'engine/lookup.ts',
        'cached.loadBeganAt === null || clock.monotonic() - cached.loadBeganAt > maxAgeWhenDisconnectedMs',
        'cached.loadBeganAt === null',
      ),
    ],
    seed: 81,
    sees: /unverified.* is more than \d+ ms behind/,
  },
  {
    name: 'expiry',
    without: 'an expired answer is not fresh',
    edits: [edit('engine/lookup.ts', "cached.isUnexpired &&= !index.isHitSince('expire', cached, since)", 'true')],
    seed: 11,
    sees: /is fresh though from before an acknowledged expiry/,
  },
  {
    name: 'setAnnounces',
    without: 'a set invalidates its key first',
    edits: [
      edit(
        'engine/manual-operations.ts',
        'const receipt = await invalidator.invalidate([{ key }]);',
        "const receipt = { state: 'applied', epoch: this.#options.follower.epoch, position: this.#options.follower.stamp.asOf };",
      ),
    ],
    seed: 9,
    sees: STALE_READ,
  },
  {
    name: 'arrivedEarly',
    without: 'a read past its lease records its knowledge after it has caught up',
    edits: [
      edit(
        'engine/reader.ts',
        `    const verified = follower.isCurrent || (await follower.catchUp());
    for (let tries = 0`,
        `    const early = follower.stamp;
    const verified = follower.isCurrent || (await follower.catchUp());
    for (let tries = 0`,
      ),
      edit('engine/reader.ts', 'arrived: follower.stamp,', 'arrived: early,'),
    ],
    seed: 741,
    sees: STALE_READ,
  },
  {
    name: 'staleIfErrorUnfenced',
    without: 'a stale answer used after a failed load is checked against the fence again',
    edits: [
      edit(
        'engine/reader.ts',
        'if (!this.#isUsableStale(stale.cached)) throw error;',
        'if (!this.#options.lookup.isAlive(stale.cached)) throw error;',
      ),
    ],
    seed: 642,
    sees: KNOWN_HIT,
  },
  {
    name: 'softTimeoutUnfenced',
    without: 'a stale answer used during a slow load is checked against the fence again',
    edits: [
      edit(
        'engine/reader.ts',
        'if (!this.#isUsableStale(stale.cached)) return loaded;',
        'if (!this.#options.lookup.isAlive(stale.cached)) return loaded;',
      ),
    ],
    seed: 446,
    sees: KNOWN_HIT,
  },
  {
    name: 'setUnfenced',
    without: 'a value invalidated while its set waited for the receipt is not stored in any tier',
    edits: [edit('engine/manual-operations.ts', "if (!filler.isStorable(cached)) return 'set';", '')],
    seed: 13,
    sees: KNOWN_HIT,
  },
  {
    name: 'storeUnfenced',
    without: 'an answer invalidated during its load is not stored in any tier',
    edits: [edit('engine/filler.ts', 'loaded.store && this.isStorable(cached)', 'loaded.store')],
    seed: 1,
    sees: KNOWN_HIT,
  },
];
