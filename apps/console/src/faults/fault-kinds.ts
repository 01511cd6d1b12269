/** A kind of fault: how bad it is, what it means for readers, and what to do. */
interface FaultKindFacts {
  readonly severity: 'warn' | 'bad';
  readonly meaning: string;
  readonly todo: string;
  /** The section of `docs/operations.md` that treats it. */
  readonly anchor: string;
}

/** The kinds of faults, in the order in which they are shown: a fault before those that follow from it. */
export const FAULT_KINDS = {
  postgres: {
    severity: 'bad',
    meaning: 'Cached answers are served. Every other read and every upload gets 503.',
    todo: 'Start Postgres, or restore the way to it. Reads and uploads continue by themselves.',
    anchor: 'postgres-is-unavailable',
  },
  elasticsearch: {
    severity: 'bad',
    meaning: 'Cached searches and stats are served, all others get 503. Uploads wait.',
    todo: 'Read the reason, then start or repair the cluster.',
    anchor: 'elasticsearch-is-unavailable',
  },
  queueServer: {
    severity: 'bad',
    meaning: 'Nothing is indexed, and invalidations wait. Answers are unverified once the lease has ended.',
    todo: 'Start the queue Redis, or restore the way to it. No upload is lost: events stay in Postgres.',
    anchor: 'pilotlightdisconnected',
  },
  noWorker: {
    severity: 'bad',
    meaning: 'Uploads are stored, but nothing is indexed, warmed or audited.',
    todo: 'Start a worker. One that waits for a service logs “waiting for …” with the reason.',
    anchor: 'pilotlightnoworker',
  },
  staleAnswers: {
    severity: 'bad',
    meaning: 'An invalidation was lost, or the data changed without an event: a bug, or an edit of the database.',
    todo: 'The auditor has invalidated what it found. Report the key and the event that its log line names.',
    anchor: 'pilotlightstaleanswers',
  },
  silentProcess: {
    severity: 'bad',
    meaning: 'It was killed, is frozen, or cannot reach the queue Redis. Other processes take over its work.',
    todo: 'Read the end of its log, and start it again.',
    anchor: 'a-process-is-silent',
  },
  outbox: {
    severity: 'bad',
    meaning: 'Events wait in Postgres. Nothing is lost, but new files are not indexed.',
    todo: 'See that a worker runs and that the queue Redis accepts writes.',
    anchor: 'pilotlightoutboxbehind',
  },
  invalidationsBehind: {
    severity: 'bad',
    meaning: 'Changes by SQL, and changes that could not reach the log, are shown late.',
    todo: 'Look for “invalidations are behind” in the logs of the workers, and start more of them.',
    anchor: 'pilotlightinvalidationsbehind',
  },
  breaker: {
    severity: 'bad',
    meaning: 'Loads fail at once until a probe succeeds. Cached answers are served.',
    todo: 'See why the store is down or slow. The breaker closes by itself.',
    anchor: 'pilotlightbreakeropen',
  },
  cacheServer: {
    severity: 'warn',
    meaning: 'Answers come from the memory of each process or from the database: they are slower, and not stale.',
    todo: 'Start the cache Redis. It may start empty.',
    anchor: 'the-cache-redis-is-unavailable',
  },
  disconnected: {
    severity: 'warn',
    meaning: 'It does not trust its copies of answers: they are unverified, and at most 2 s behind.',
    todo: 'See that the process reaches the queue Redis. It catches up by itself.',
    anchor: 'pilotlightdisconnected',
  },
  unverified: {
    severity: 'warn',
    meaning: 'They could not be checked against a current invalidation log.',
    todo: 'Find the process that is disconnected. In production, do not set ALLOW_UNSAFE_REDIS.',
    anchor: 'pilotlightunverifiedanswers',
  },
  ingestBehind: {
    severity: 'warn',
    meaning: 'Uploads are stored, but their lines cannot be found yet. After two minutes uploads are refused.',
    todo: 'Start more workers.',
    anchor: 'pilotlightingestbehind',
  },
  saturated: {
    severity: 'warn',
    meaning: 'More answers are loaded than the store can compute. Reads that miss the cache wait for a permit.',
    todo: 'Look for slow statements and for a low hit ratio. More apis do not help.',
    anchor: 'pilotlightoriginsaturated',
  },
  backgroundBehind: {
    severity: 'warn',
    meaning: 'Warming, audits or the removal of deleted data are late. No answer is stale by it.',
    todo: 'See that the workers are not busy with large files only, and start more of them.',
    anchor: 'background-work-is-late',
  },
  quarantine: {
    severity: 'warn',
    meaning: 'No worker tries them again until you do.',
    todo: 'Read the reason below, remove the cause, then retry.',
    anchor: 'pilotlightquarantine',
  },
} as const satisfies Record<string, FaultKindFacts>;
export type FaultKind = keyof typeof FAULT_KINDS;

/** Returns the path of the section that treats a kind of fault. */
export function runbookOf(kind: FaultKind): string {
  return `/docs/operations#${FAULT_KINDS[kind].anchor}`;
}
