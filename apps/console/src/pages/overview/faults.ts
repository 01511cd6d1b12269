import type { Section } from '../../live/types.ts';

/** Something that is wrong: what, and what it means for readers. */
export interface Fault {
  readonly severity: 'warn' | 'bad';
  readonly what: string;
  readonly meaning: string;
}

type Health = Section<'health'>;
type Endpoints = Section<'cache'>['endpoints'];

/** Returns everything that is wrong, the worst first; an empty list if nothing is. */
export function faultsOf(health: Health, endpoints: Endpoints): readonly Fault[] {
  const faults = [...faultsOfServers(health), ...faultsOfAnswers(endpoints)];
  return faults.toSorted((a, b) => Number(b.severity === 'bad') - Number(a.severity === 'bad'));
}

const fault = (severity: Fault['severity'], what: string, meaning: string): Fault => ({ severity, what, meaning });
const because = (reason: string | null | undefined): string => (reason ? ` (${reason})` : '');

function faultsOfServers({ dependencies }: Health): Fault[] {
  const { postgres, elasticsearch, redis_cache, redis_queue, workers, invalidation_log } = dependencies;
  const found: (Fault | false)[] = [
    !postgres.ok &&
      fault(
        'bad',
        `Postgres is unavailable${because(postgres.reason)}`,
        'Cached answers are served. Every other read and every upload gets 503.',
      ),
    elasticsearch?.ok === false &&
      fault(
        'bad',
        `Elasticsearch is unavailable${because(elasticsearch.reason)}`,
        'Searches and stats that are not cached get 503.',
      ),
    !redis_cache.ok &&
      fault(
        'warn',
        `The cache server is unavailable${because(redis_cache.reason)}`,
        'Answers come from the memory of each process or from the database: they are slower, and not stale.',
      ),
    !redis_queue.ok &&
      fault(
        'bad',
        `The queue server is unavailable${because(redis_queue.reason)}`,
        'Nothing is indexed, and invalidations wait. Answers are unverified once the lease has ended.',
      ),
    !workers.ok && fault('warn', 'Work waits for a worker', 'Uploads are stored, but their lines cannot be found yet.'),
    !invalidation_log.current &&
      fault(
        'warn',
        'This process is not current with the invalidation log',
        'It does not trust its copies of answers until it is.',
      ),
    postgres.breaker !== 'closed' &&
      fault('warn', 'The circuit breaker of Postgres is open', 'Loads fail at once until a probe succeeds.'),
  ];
  return found.filter((one) => one !== false);
}

function faultsOfAnswers(endpoints: Endpoints): Fault[] {
  return Object.entries(endpoints).flatMap(([prefix, { freshness }]) => {
    const stale = (freshness?.lost_invalidations ?? 0) + (freshness?.unexplained ?? 0);
    if (stale === 0) return [];
    const meaning =
      'An invalidation was lost, or the data changed without an event: a bug, or an edit of the database.';
    return [fault('bad', `The audits found ${stale} stale answers of ${prefix}`, meaning)];
  });
}

/** The audits of all prefixes together. */
export interface AuditSums {
  readonly audited: number;
  readonly stale: number;
  /** Answers with an older part that only time changes, within their lifetime. */
  readonly byTime: number;
}

export function auditsOf(endpoints: Endpoints): AuditSums {
  const all = Object.values(endpoints).flatMap(({ freshness }) => (freshness ? [freshness] : []));
  const sum = (of: (one: (typeof all)[number]) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    audited: sum(({ audited }) => audited),
    stale: sum((one) => one.lost_invalidations + one.unexplained),
    byTime: sum((one) => one.time_outdated),
  };
}
