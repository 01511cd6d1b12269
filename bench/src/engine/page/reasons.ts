import type { Row } from '../../row.ts';

/** Why rows are behind. The first entry that matches counts. */
interface Reason {
  readonly part: string;
  /** Matches `id` and `against` of a row, separated by ` | `. Defaults to every row of the part. */
  readonly rows?: RegExp;
  /** In Markdown. */
  readonly why: string;
}

/** A row that is behind and matches no entry fails the test of the page. */
const REASONS: readonly Reason[] = [
  {
    part: 'memory-hits',
    rows: /a bare awaited Map\.get/,
    why: '`Map.get` is the limit and not a cache: it has no lifetime, no bound, no invalidation and no statistics. A hit of ours checks that the process still follows the invalidation log, that no invalidation after the load matches the entry, and that the entry is fresh; then it counts the read.',
  },
  {
    part: 'memory-hits',
    rows: /layered-loader/,
    why: 'A hit of layered-loader looks a key up and compares one time. It checks no invalidation log, keeps no statistics, and all readers share one value that each of them can change.',
  },
  {
    part: 'memory-hits',
    rows: /async-cache-dedupe|bentocache/,
    why: 'Ours is ahead, but by less than the goal. The goal leaves too little time for the checks of a hit: the lease, the invalidations, the lifetime and the statistics.',
  },
  {
    part: 'two-tier-hits',
    rows: /layered-loader/,
    why: 'As in memory alone, a hit of layered-loader checks no invalidation log and keeps no statistics. A process that loses a notification of its peers serves the old value until its time ends.',
  },
  {
    part: 'redis-hits',
    why: 'A Redis hit of ours reads an envelope: it checks the format, the checksum and the stamp, compares the stamp, tags and scope with the invalidation log, and freezes the value, which later readers share. The other side parses JSON.',
  },
  {
    part: 'batches',
    why: 'Each key of a batch is a read with its own outcome, statistics and check against the invalidation log, and its value is frozen. MGET with `JSON.parse` and the batches of peers only parse.',
  },
  {
    part: 'misses',
    rows: /^miss, in process/,
    why: 'A miss of ours stamps the load with a position of the log, bounds it by the limits and the circuit breaker of its origin and by time, and prepares the entry. Peers call the load and store its value.',
  },
  {
    part: 'misses',
    rows: /^miss, with redis and lock/,
    why: 'A miss of ours takes a lock on the durable server first, so that of all processes only one loads. The peers have no lock over processes: each process loads the same key.',
  },
  {
    part: 'cold-key',
    why: 'One process loads, and the readers of the others wait until its answer is in Redis. Without a lock over processes each process loads at once: the last reader waits a little less, and the origin is asked four times.',
  },
  {
    part: 'receipts',
    rows: /no receipt/,
    why: 'The call of a peer returns when its message is sent. Ours returns when every process has applied the invalidation, so no process serves the old value afterwards.',
  },
  {
    part: 'receipts',
    rows: /a limit of/,
    why: 'A receipt takes the append to the durable server, the delivery to each process, the publication of what each has applied, and its delivery to the writer, on two cores that all these processes share.',
  },
  {
    part: 'history',
    rows: /invalidations\/s|\/s of this process/,
    why: 'An invalidation that arrives ends the remembered verdicts of the entries that it could match, so their next hits compare with it.',
  },
  {
    part: 'demand',
    why: 'A sampled hit is noted in a table of the most read keys. The hit itself is short, so that this is a visible share of it.',
  },
  {
    part: 'growth-by-processes',
    rows: /^receipt/,
    why: 'A receipt waits until each process has applied the invalidation. The processes of the run share two cores, so most of its time is their wake-ups, one after the other.',
  },
  {
    part: 'growth-by-processes',
    rows: /^miss/,
    why: 'The release of a fill lock is published only if a process waits ([decision 51](decisions/0051-a-release-wakes-waiters-only.md)), so what remains are the other processes themselves: each renews its lease and flushes its counts on the two cores of the process that loads.',
  },
  {
    part: 'growth',
    rows: /^receipt/,
    why: 'A receipt does no work for each entry. Its rounds vary by more than the tolerance of 20 %.',
  },
  {
    part: 'growth',
    rows: /far apart/,
    why: 'Entries far apart in memory miss the caches of the processor. A hit of ours touches more objects than one of the peer.',
  },
  {
    part: 'replays',
    rows: /a cache that keeps everything/,
    why: 'The row with 16 MiB has less memory than the answers take, so no cache of that size has all of them. Beside the peers, ours keeps those that are read again.',
  },
  {
    part: 'heap',
    rows: /bentocache/,
    why: 'bentocache keeps one JSON text per entry and parses it at each hit. Ours keeps the decoded value, so that a hit need not parse.',
  },
  {
    part: 'heap',
    rows: /read often/,
    why: 'An entry that is read often keeps the value that `JSON.parse` makes, so that a hit need not parse. The leanest peer keeps the object that its loader returned, which takes less and which each reader can change.',
  },
  {
    part: 'heap',
    why: 'An entry of ours also holds its stamp, tags, times and targets of invalidation, and its position in two queues.',
  },
];

/** Returns why a row is behind; null if no reason is known. */
export function whyBehind(
  row: Pick<Row, 'part' | 'id' | 'against'>,
  reasons: readonly Reason[] = REASONS,
): string | null {
  const name = `${row.id} | ${row.against}`;
  return reasons.find(({ part, rows }) => part === row.part && (rows?.test(name) ?? true))?.why ?? null;
}
