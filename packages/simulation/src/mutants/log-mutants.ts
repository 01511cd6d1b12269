import { EITHER, edit, type FoundMutant, STALE_READ } from './mutant.ts';

/** Mutants without one rule of the invalidation log, its followers, its receipts, or their selectors. */
export const LOG_MUTANTS: readonly FoundMutant[] = [
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
    sees: STALE_READ,
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
    sees: STALE_READ,
  },
  {
    name: 'leaseFromRenewal',
    without: 'reading the log alone renews nothing',
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
    sees: STALE_READ,
  },
  {
    name: 'receiptWaits',
    without: 'a write is acknowledged only with a receipt',
    edits: [edit('log/receipt.ts', 'let deadline = appendedAt + longestMs;', 'let deadline = appendedAt;')],
    seed: 1,
    sees: STALE_READ,
  },
  {
    name: 'receiptWaitsWholeLease',
    without: 'if a follower does not report, the receipt takes one whole lease',
    edits: [
      edit('log/receipt.ts', 'let deadline = appendedAt + longestMs;', 'let deadline = appendedAt + longestMs / 3;'),
    ],
    seed: 5,
    sees: STALE_READ,
  },
  {
    name: 'receiptInNewEpoch',
    without: 'in an epoch new to the appender a receipt takes one whole lease',
    edits: [edit('log/receipt.ts', 'const isKnownLong = appended.epoch', 'const isKnownLong = true || appended.epoch')],
    seed: 4,
    sees: STALE_READ,
  },
  {
    name: 'epochPerServerRun',
    without: 'another run of the log server is another epoch',
    edits: [
      edit('testing/memory-log-server.ts', 'if (state && state.run === this.#run && state', 'if (state && state'),
    ],
    seed: 28,
    sees: STALE_READ,
  },
  {
    name: 'epochsOnlyRise',
    // Either rule hides the absence of the other.
    without: 'a late reply of an earlier epoch is ignored, and a receipt trusts only the register of its own epoch',
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
    sees: STALE_READ,
  },
  {
    name: 'floors',
    without: 'selectors that the index forgets raise the floor',
    edits: [edit('log/remembered-hits.ts', 'this.#floor = Math.max(this.#floor, floor);', '')],
    seed: 124,
    sees: STALE_READ,
  },
  {
    name: 'snapshotFloor',
    without: 'hits that the log has forgotten count as hits in a snapshot',
    edits: [edit('log/hit-index.ts', 'hits.raiseFloor(snapshot.floor);', 'void hits;')],
    seed: 35,
    sees: EITHER,
  },
  {
    name: 'scopeRanges',
    without: 'ranges that overlap partly meet',
    edits: [
      edit(
        'model/scope.ts',
        'return isBelow(a.from, b.to) && isBelow(b.from, a.to);',
        'return isBelow(a.from, b.to) && isBelow(b.from, a.from);',
      ),
    ],
    seed: 13,
    sees: STALE_READ,
  },
  {
    name: 'scopeSets',
    without: 'sets that share a name meet',
    edits: [
      edit(
        'model/scope.ts',
        'for (const name of a) if (b.includes(name)) return true;',
        'if (a.every((name) => b.includes(name))) return true;',
      ),
    ],
    seed: 15,
    sees: STALE_READ,
  },
  {
    name: 'scopeCoarsening',
    without: 'a forgotten scoped hit counts as a hit of its whole prefix',
    edits: [
      edit(
        'log/remembered-hits.ts',
        'this.scoped.takeExcess()) this.#coarsen(hit);',
        'this.scoped.takeExcess()) void hit;',
      ),
    ],
    seed: 281,
    sees: STALE_READ,
  },
  {
    name: 'keyCoarsening',
    without: 'a forgotten key counts as its whole prefix',
    edits: [
      edit(
        'log/remembered-hits.ts',
        'this.keys.takeExcess()) this.#coarsen(hit);',
        'this.keys.takeExcess()) void hit;',
      ),
    ],
    seed: 168,
    sees: STALE_READ,
  },
  {
    name: 'receiptFromIssue',
    without: 'the lease that a receipt waits for counts from the reply to its append, not from the call',
    edits: [edit('log/invalidator.ts', 'await receipt(appended, clock.monotonic(),', 'await receipt(appended, began,')],
    seed: 632,
    sees: STALE_READ,
  },
  {
    name: 'newcomersIgnored',
    without: 'a receipt waits for a registered follower that has not reported its applied position',
    edits: [
      edit('log/receipt.ts', 'if (applied >= position) lagging', 'if (applied >= position || applied < 0) lagging'),
    ],
    seed: 796,
    sees: STALE_READ,
  },
  {
    name: 'dropAtOnce',
    without: 'a follower that does not renew is dropped only after a whole lease',
    edits: [
      edit(
        'log/receipt.ts',
        'await clock.sleep(Math.max(0, since + withClockDrift(leaseMs) - clock.monotonic()));',
        'void [since, leaseMs, clock];',
      ),
    ],
    seed: 441,
    sees: STALE_READ,
  },
  {
    name: 'longestLease',
    without: 'a receipt waits for the longest lease of the followers that have not applied',
    edits: [edit('log/receipt.ts', 'withClockDrift(Math.max(...', 'withClockDrift(Math.min(...')],
    seed: 176,
    sees: STALE_READ,
  },
  {
    name: 'wholeLog',
    without: 'a log that lost one of its keys begins another epoch',
    edits: [
      edit('testing/memory-log-server.ts', 'state.epoch >= knownEpoch && isWhole(state)', 'state.epoch >= knownEpoch'),
    ],
    seed: 152,
    sees: STALE_READ,
  },
  {
    name: 'proofOfItsPosition',
    without: 'a notification proves no position above its own',
    edits: [
      edit(
        'log/applied-notifications.ts',
        'return proof.epoch === epoch && proof.position >= position;',
        'return proof.epoch === epoch;',
      ),
    ],
    seed: 1,
    sees: STALE_READ,
  },
  {
    name: 'proofOfAll',
    without: 'a report proves a position only if every registered follower has applied it',
    edits: [
      edit(
        'testing/memory-log-server.ts',
        'if ([...followers.values()].some((other) => other.applied < applied)) return;',
        '',
      ),
    ],
    seed: 1,
    sees: STALE_READ,
  },
];
