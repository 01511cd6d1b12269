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
    why: '`Map.get` is the limit and not a cache: it has no lifetime, no bound, no invalidation and no statistics. A hit of ours checks that the process still follows the invalidation log, that no invalidation after the load matches the entry, and that the entry is fresh; then it counts the read. By profile the two clocks (`hrtime`, `Date.now`) take 39 % of it and its own `Map.get` 7 % ([decision 44](decisions/0044-a-hit-reads-one-object.md)).',
  },
  {
    part: 'memory-hits',
    rows: /layered-loader/,
    why: 'A hit of layered-loader looks a key up and compares one time. It checks no invalidation log, keeps no statistics, and all readers share one value that each of them can change. Ours reads two clocks, 39 % of a hit by profile, because the wall clock may be set back and the monotonic one stops with a suspended machine; the second is what the row is lost by ([decision 44](decisions/0044-a-hit-reads-one-object.md)).',
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
    why: 'A Redis hit of ours reads an envelope: it checks the format, the checksum and the stamp, compares the stamp, tags and scope with the invalidation log, and freezes the value, which later readers share. The other side parses JSON. Of 24 µs of processor time at 3 kB, CRC-32 takes 0.9, the freeze 1.1, header and tags 0.7 and verdict, entry and outcome the rest of 4; at 46 kB the freeze takes 15 to 40 µs and inflating 34 to 60 of 269 ([decision 46](decisions/0046-redis-hits-on-a-short-path.md)).',
  },
  {
    part: 'batches',
    why: 'Each key of a batch is a read with its own outcome, statistics and check against the invalidation log, and its value is frozen. MGET with `JSON.parse` and the batches of peers only parse. By profile at 0.2 kB: `frozenValue` (parsing) 13 %, the write to the socket 11 %, `deepFreeze` 9 %, the garbage collector 7 %, texts of key, tags and entity tag 5 %, `JSON.parse` of the tags 4 %, `crc32` 3 %; the other side spends 38 % on parsing ([decision 55](decisions/0055-a-batch-is-one-lookup.md)).',
  },
  {
    part: 'misses',
    rows: /^miss, in process/,
    why: 'A miss of ours stamps the load with a position of the log, bounds it by the limits and the circuit breaker of its origin and by time, and prepares the entry. Peers call the load and store its value. By profile, 22 % of the processor time is the load itself, 16 % the garbage collector, 9 % `frozenValue` with `freeze` and 9 % `toJson` with `mayHoldForeign`, which make the value that no reader can change; no other function has more than 1.5 %. When the code is compiled, after 3,000 misses, it takes 0.058 ms ([decision 47](decisions/0047-a-miss-makes-what-it-uses.md)).',
  },
  {
    part: 'misses',
    rows: /^miss, with redis and lock/,
    why: 'A miss of ours takes a lock on the durable server first, so that of all processes only one loads. The peers have no lock over processes: each process loads the same key. By profile, 23 % of a miss are the writes of four commands to sockets (`writeUtf8String` 15 %, `writeBuffer` 8 %), 10 % the garbage collector, 6 % the answers of the load, 3 % `frozenValue`, 2.5 % `toJson` ([decision 54](decisions/0054-a-release-wakes-waiters-only.md)).',
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
    why: 'An invalidation that arrives ends the remembered verdicts of the entries that it could match, so their next hits compare with it. With the log on Redis, what remains is the price of the writes themselves, their commands and receipts, on the same cores ([decision 44](decisions/0044-a-hit-reads-one-object.md)).',
  },
  {
    part: 'demand',
    why: 'A sampled hit is recorded in a table of the most read keys, by profile in `#place` (0.6 %), `note` and `noteHit` (0.1 % each). The rest of the share is the branch of `reportHit` and the recipe that each hit carries: with recording switched off after that branch, 2 to 4 % remained on a busy machine ([decision 56](decisions/0056-demand-by-fewer-records.md)).',
  },
  {
    part: 'growth-by-processes',
    rows: /^receipt/,
    why: 'A receipt waits until each process has applied the invalidation. The processes of the run share two cores, so most of its time is their wake-ups, one after the other.',
  },
  {
    part: 'growth-by-processes',
    rows: /^miss/,
    why: 'The release of a fill lock is published only if a process waits ([decision 54](decisions/0054-a-release-wakes-waiters-only.md)), so what remains are the other processes themselves: each renews its lease and flushes its counts on the two cores of the process that loads.',
  },
  {
    part: 'growth',
    rows: /^receipt/,
    why: 'A receipt does no work for each entry. Its rounds vary by more than the tolerance of 20 %.',
  },
  {
    part: 'growth',
    rows: /far apart/,
    why: 'Entries far apart in memory miss the caches of the processor. A hit of ours touches key, bucket, entry and promise on four pages, one of the peer fewer ([decision 44](decisions/0044-a-hit-reads-one-object.md)).',
  },
  {
    part: 'replays',
    rows: /64 MiB, zipf 1\.1 \| bentocache/,
    why: 'bentocache keeps JSON text, which is smaller than the values and entries of ours: all answers of this trace fit into its 64 MiB, and 99.99 % of the ideal into that of ours.',
  },
  {
    part: 'replays',
    rows: /a cache that keeps everything/,
    why: 'The row with 16 MiB has less memory than the answers take, so no cache of that size has all of them. Beside the peers, ours keeps those that are read again.',
  },
  {
    part: 'heap',
    rows: /bentocache/,
    why: 'bentocache keeps one JSON text per entry and parses it at each hit. Ours keeps the decoded value, so that a hit need not parse: 61 kB of objects for 46 kB of bytes ([decision 45](decisions/0045-one-representation-per-entry.md)).',
  },
  {
    part: 'heap',
    rows: /read often/,
    why: 'An entry that is read often keeps the value that `JSON.parse` makes, so that a hit need not parse. The leanest peer keeps the object that its loader returned, which takes less and which each reader can change.',
  },
  {
    part: 'heap',
    why: 'An entry of ours also holds its stamp, tags, times and targets of invalidation, and its position in two queues. Of 738 bytes at 0.2 kB, 240 are the body, 86 the key and its place, 304 the 35 members and 80 five numbers with fractions ([decision 45](decisions/0045-one-representation-per-entry.md)).',
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
