/** The engine with one of its rules taken away, to show that the simulation notices. */
export interface Mutant {
  readonly name: string;
  /** What no longer holds. */
  readonly without: string;
  readonly edits: readonly Edit[];
  /** A piece of the first report, so that it is found for its own reason. */
  readonly sees: RegExp;
}

/** A mutant that the simulation finds. */
export interface FoundMutant extends Mutant {
  /** Where the search begins: a seed that finds it, as long as the simulation stays as it is. */
  readonly seed: number;
}

/** Text that is in the file exactly once, and what takes its place. The file is named from `cache-core/src`. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });

/** Served or stored by a process that has applied the hit, whenever the read began. */
const KNOWN_HIT = /(serves|gets|puts|sends) .* though it has applied the hit/;
const OUTDATED = /is from before an acknowledged invalidation|shows the state before an acknowledged write/;
const EITHER = new RegExp(`${OUTDATED.source}|${KNOWN_HIT.source}`);

/** The rules of the protocol, and what else invariants 1 to 3 rest on. */
export const MUTANTS: readonly FoundMutant[] = [
  {
    name: 'fence',
    without: 'an entry is servable, and is stored, only if nothing after its asOf hit it',
    edits: [
      edit('engine/lookup.ts', "kept.isServable &&= !index.isHitSince('invalidate', footprint, since)", 'true'),
      edit(
        'engine/filler.ts',
        "entry.epoch === epoch && !index.isHitSince('invalidate', footprint, entry.asOf)",
        'true',
      ),
    ],
    seed: 6,
    sees: OUTDATED,
  },
  {
    name: 'asOfBeforeLoad',
    without: 'asOf is taken before the load starts',
    edits: [edit('engine/filler.ts', 'backoff.succeeded(key);', 'flight.stamp = follower.stamp;')],
    seed: 1,
    sees: OUTDATED,
  },
  {
    name: 'lease',
    without: 'knowledge counts only within the lease',
    edits: [
      edit(
        'log/follower.ts',
        'return monotonic < this.#lease.monotonic && wall < this.#lease.wall;',
        'return this.#synced;',
      ),
    ],
    seed: 1,
    sees: OUTDATED,
  },
  {
    name: 'leaseFromIssue',
    without: 'the lease runs from when the renewal was issued, not from its reply',
    edits: [
      edit(
        'log/follower.ts',
        'this.#renewal = { head: renewal.head, issued };',
        'this.#renewal = { head: renewal.head, issued: { monotonic: clock.monotonic(), wall: clock.now() } };',
      ),
    ],
    seed: 19,
    sees: OUTDATED,
  },
  {
    name: 'leaseFromRenewal',
    without: 'a read of the log alone renews nothing',
    edits: [
      edit(
        'log/follower.ts',
        'await this.#apply(await log.waitAfter(this.#epoch, this.#applied));',
        `const until = clock.monotonic() + this.#options.leaseMs;
        await this.#apply(await log.waitAfter(this.#epoch, this.#applied));
        if (this.#synced && until > this.#lease.monotonic) this.#lease = { monotonic: until, wall: Infinity };`,
      ),
    ],
    seed: 632,
    sees: OUTDATED,
  },
  {
    name: 'receiptWaits',
    without: 'a write is acknowledged only with a receipt',
    edits: [edit('log/receipt.ts', 'let deadline = appendedAt + longestMs;', 'let deadline = appendedAt;')],
    seed: 1,
    sees: OUTDATED,
  },
  {
    name: 'receiptWaitsWholeLease',
    without: 'without word from a follower the receipt takes one whole lease',
    edits: [
      edit('log/receipt.ts', 'let deadline = appendedAt + longestMs;', 'let deadline = appendedAt + longestMs / 3;'),
    ],
    seed: 5,
    sees: OUTDATED,
  },
  {
    name: 'receiptInYoungEpoch',
    without: 'in an epoch new to the appender a receipt takes one whole lease',
    edits: [edit('log/receipt.ts', 'const isKnownLong = appended.epoch', 'const isKnownLong = true || appended.epoch')],
    seed: 4,
    sees: OUTDATED,
  },
  {
    name: 'joinChecks',
    without: 'joining a flight is a read of it',
    edits: [
      edit(
        'engine/flight.ts',
        "return this.#follower.index.isHitSince('invalidate', footprintOf(key), flight.stamp.asOf) ? undefined : flight;",
        'return flight;',
      ),
      edit('engine/flight.ts', 'if (compareStamps(arrived, flight.stamp) <= 0) return true;', 'return true;'),
    ],
    seed: 14,
    sees: OUTDATED,
  },
  {
    name: 'epochPerServerRun',
    without: 'another run of the log server is another epoch',
    edits: [
      edit('testing/memory-log-server.ts', 'if (state && state.run === this.#run && state', 'if (state && state'),
    ],
    seed: 28,
    sees: OUTDATED,
  },
  {
    name: 'epochsOnlyRise',
    // Either of the two hides that the other is gone.
    without:
      'a late reply from an earlier epoch does not bring it back, and a receipt trusts the register of its own epoch alone',
    edits: [
      edit(
        'log/receipt.ts',
        'appended.epoch === follower.epoch && clock.monotonic() >=',
        'appended.epoch !== follower.epoch || clock.monotonic() >=',
      ),
      edit('log/follower.ts', 'if (epoch <= this.#epoch) return;', 'if (epoch === this.#epoch) return;'),
      edit('log/follower.ts', 'if (renewal.epoch < this.#epoch) return;', ''),
      edit('log/follower.ts', 'if (snapshot.epoch < this.#epoch) return;', ''),
    ],
    seed: 530,
    sees: OUTDATED,
  },
  {
    name: 'landingChecks',
    without: 'tags become known as a load ends, and are checked then for each reader that joined',
    edits: [edit('engine/flight.ts', 'if (compareStamps(arrived, flight.stamp) <= 0) return true;', 'return true;')],
    seed: 167,
    sees: OUTDATED,
  },
  {
    name: 'lockGeneration',
    without: "the fill lock's name holds the last position that hit the key",
    edits: [edit('engine/fill-turn.ts', "index.lastHit('invalidate', footprintOf(key))", "'any'")],
    seed: 17,
    sees: /waited \d+ ms for no load that it may have the answer of/,
  },
  {
    name: 'compareAndSet',
    without: 'a fill never takes the place of a newer entry',
    edits: [edit('testing/memory-shared-server.ts', 'if (there && compareStamps(there, stamp) > 0) return false;', '')],
    seed: 5,
    sees: /the shared tier held .* and now holds it as of/,
  },
  {
    name: 'staleChecks',
    without: 'stale answers are what time has outdated, never what an invalidation has',
    edits: [
      edit(
        'engine/lookup.ts',
        "if (!(verified ? this.isServable(kept) : this.isServableBlind(kept))) return 'outdated';",
        "if (!verified && !this.isServableBlind(kept)) return 'outdated';",
      ),
      edit(
        'engine/reader.ts',
        'if (isKept(found) && (!verified || lookup.isFresh(found))) return',
        'if (isKept(found) && (!verified || (lookup.isFresh(found) && lookup.isServable(found)))) return',
      ),
      edit(
        'engine/reader.ts',
        'return lookup.isServable(kept) && lookup.isAlive(kept);',
        'return lookup.isAlive(kept);',
      ),
    ],
    seed: 10,
    sees: /the stale .*(is from before an acknowledged invalidation|shows the state before)/,
  },
  {
    name: 'warmChecks',
    without: 'a worker past its lease catches up before it tells what is fresh',
    edits: [edit('engine/warmer.ts', 'if (!follower.isCurrent && !(await follower.catchUp())) return false;', '')],
    seed: 384,
    sees: / warm .*is from before an acknowledged/,
  },
  {
    name: 'warmJoinChecks',
    without: 'a warm that joined a load asks whether that load is still good',
    edits: [edit('engine/warmer.ts', 'if (flights.mayAnswer(joined, landing, arrived)) return', 'return')],
    seed: 167,
    sees: / warm .*is from before an acknowledged/,
  },
  {
    name: 'batchChecks',
    without: 'a batch holds what is in memory to the fence',
    edits: [
      edit(
        'reads.ts',
        'return [key, this.#reported(key, null, () => reader.read(request))];',
        `const held = engine.memory.get(key);
        if (!verified || !held || !lookup.isFresh(held)) return [key, this.#reported(key, null, () => reader.read(request))];
        batch.decided(key);
        return [key, Promise.resolve({ kept: held, outcome: outcomeOf('hit', held, clock.now(), { tier: 'memory', verified }) })];`,
      ),
    ],
    seed: 2,
    sees: / batch .*(is from before an acknowledged|shows the state before)/,
  },
  {
    name: 'batchDecides',
    without: 'a key of a batch that does not ask the origin lets the others go on',
    edits: [edit('engine/reader.ts', 'if (!this.#loading.has(request)) onNoAsk();', 'void this.#loading;')],
    seed: 5,
    sees: /never ended/,
  },
  {
    name: 'floors',
    without: 'what the index forgets raises the floor',
    edits: [edit('log/last-hits.ts', 'this.#floor = Math.max(this.#floor, floor);', '')],
    seed: 124,
    sees: OUTDATED,
  },
  {
    name: 'snapshotFloor',
    without: 'what the log has forgotten of a snapshot counts as hit',
    edits: [edit('log/hit-index.ts', 'hits.raiseFloor(snapshot.floor);', 'void hits;')],
    seed: 35,
    sees: EITHER,
  },
  {
    name: 'scopeRanges',
    without: 'ranges that overlap in part meet',
    edits: [
      edit(
        'scope.ts',
        'return isBelow(a.from, b.to) && isBelow(b.from, a.to);',
        'return isBelow(a.from, b.to) && isBelow(b.from, a.from);',
      ),
    ],
    seed: 13,
    sees: OUTDATED,
  },
  {
    name: 'scopeSets',
    without: 'sets that share a name meet',
    edits: [
      edit(
        'scope.ts',
        'for (const name of a) if (b.includes(name)) return true;',
        'if (a.every((name) => b.includes(name))) return true;',
      ),
    ],
    seed: 15,
    sees: OUTDATED,
  },
  {
    name: 'scopeCoarsening',
    without: 'a scoped hit that is forgotten counts as one of its whole prefix',
    edits: [edit('log/last-hits.ts', 'if (scoped) this.#coarsen(', 'if (scoped) void (')],
    seed: 281,
    sees: OUTDATED,
  },
  {
    name: 'keyCoarsening',
    without: 'a key that is forgotten counts as its whole prefix',
    edits: [edit('log/last-hits.ts', 'if (key !== null) this.#coarsen(', 'if (key !== null) void (')],
    seed: 168,
    sees: OUTDATED,
  },
  {
    name: 'blindBound',
    without: 'out of the log’s reach only what was loaded a moment ago is served',
    edits: [
      edit(
        'engine/lookup.ts',
        'kept.loadBeganAt === null || clock.monotonic() - kept.loadBeganAt > blindFreshMs',
        'kept.loadBeganAt === null',
      ),
    ],
    seed: 13,
    sees: /unverified.* is more than \d+ ms behind/,
  },
  {
    name: 'expiry',
    without: 'what was expired is not fresh',
    edits: [edit('engine/lookup.ts', "kept.isUnexpired &&= !index.isHitSince('expire', footprint, since)", 'true')],
    seed: 11,
    sees: /is fresh though from before an acknowledged expiry/,
  },
  {
    name: 'setAnnounces',
    without: 'a set invalidates its key first',
    edits: [
      edit(
        'engine/values.ts',
        'const receipt = await invalidator.invalidate([{ key }]);',
        "const receipt = { state: 'applied', epoch: this.#options.follower.epoch, position: this.#options.follower.stamp.asOf };",
      ),
    ],
    seed: 9,
    sees: OUTDATED,
  },
  {
    name: 'receiptFromIssue',
    without: 'the lease that a receipt waits for counts from the reply to its append, not from the call',
    edits: [edit('log/invalidator.ts', 'await receipt(appended, clock.monotonic(),', 'await receipt(appended, began,')],
    seed: 582,
    sees: OUTDATED,
  },
  {
    name: 'newcomersIgnored',
    without: 'a receipt waits for a follower in the register that has not said yet what it has applied',
    edits: [
      edit('log/receipt.ts', 'if (applied >= position) lagging', 'if (applied >= position || applied < 0) lagging'),
    ],
    seed: 796,
    sees: OUTDATED,
  },
  {
    name: 'dropAtOnce',
    without: 'a follower that does not renew is dropped only after a whole lease',
    edits: [
      edit(
        'log/receipt.ts',
        'await clock.sleep(Math.max(0, since + outlasting(leaseMs) - clock.monotonic()));',
        'void [since, leaseMs, clock];',
      ),
    ],
    seed: 441,
    sees: OUTDATED,
  },
  {
    name: 'longestLease',
    without: 'a receipt waits for the longest lease of those that have not applied',
    edits: [edit('log/receipt.ts', 'outlasting(Math.max(...', 'outlasting(Math.min(...')],
    seed: 176,
    sees: OUTDATED,
  },
  {
    name: 'wholeLog',
    without: 'a log that lost one of its keys begins another epoch',
    edits: [
      edit('testing/memory-log-server.ts', 'state.epoch >= knownEpoch && isWhole(state)', 'state.epoch >= knownEpoch'),
    ],
    seed: 152,
    sees: OUTDATED,
  },
  {
    name: 'arrivedEarly',
    without: 'what a read past its lease knew is noted after it has caught up',
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
    seed: 529,
    sees: OUTDATED,
  },
  {
    name: 'staleIfErrorUnfenced',
    without: 'an answer that a failed load leaves in use is held to the fence again',
    edits: [
      edit(
        'engine/reader.ts',
        'if (!this.#isUsableStale(stale.kept)) throw error;',
        'if (!lookup.isAlive(stale.kept)) throw error;',
      ),
    ],
    seed: 605,
    sees: KNOWN_HIT,
  },
  {
    name: 'softTimeoutUnfenced',
    without: 'an answer that a slow load leaves in use is held to the fence again',
    edits: [
      edit(
        'engine/reader.ts',
        'if (!this.#isUsableStale(stale.kept)) return loaded;',
        'if (!lookup.isAlive(stale.kept)) return loaded;',
      ),
    ],
    seed: 391,
    sees: KNOWN_HIT,
  },
  {
    name: 'setUnfenced',
    without: 'a value that was invalidated while its set waited for the receipt goes into no tier',
    edits: [edit('engine/values.ts', 'if (!filler.isStorable(kept)) return true;', '')],
    seed: 13,
    sees: KNOWN_HIT,
  },
  {
    name: 'storeUnfenced',
    without: 'an answer that was invalidated while it was loaded goes into no tier',
    edits: [edit('engine/filler.ts', 'loaded.store && this.isStorable(kept)', 'loaded.store')],
    seed: 1,
    sees: KNOWN_HIT,
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
        'engine/fill-turn.ts',
        'while (clock.monotonic() < deadline && !isSharedAway',
        'while (false && !isSharedAway',
      ),
    ],
    seed: 2,
    sees: /readers of the cold key .* caused/,
  },
];
