import { count } from '../format/format.ts';
import type { Section } from '../live/types.ts';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';

/** Something that is wrong. What it means and what to do follows from its kind. */
export interface Fault {
  readonly kind: FaultKind;
  readonly severity: 'warn' | 'bad';
  readonly what: string;
  /** When it began, in ms since 1970; null if the api does not know it. */
  readonly since: number | null;
}

/** The live state, as far as it is known. */
export interface Seen {
  /** The time of the sample by the clock of the api, in ms since 1970. */
  readonly at: number;
  readonly health: Section<'health'>;
  readonly endpoints: Section<'cache'>['endpoints'];
  readonly processes: Processes;
  readonly queues: Section<'queues'> | null;
  readonly findings: Section<'findings'>['findings'];
}
export type Processes = Section<'processes'>['processes'];
type Process = NonNullable<Processes>[number];

/** How long work may wait in each queue before it counts as behind, in ms: as long as the alerts of Prometheus wait. */
export const MAX_WAIT_MS = { invalidation: 10_000, ingest: 60_000, warming: 300_000, maintenance: 300_000 } as const;
const MAX_OUTBOX_MS = 30_000;
/** The loads of one process and origin that may wait for a permit. */
const MAX_WAITING_LOADS = 16;

const ORDER = Object.keys(FAULT_KINDS) as FaultKind[];
const ORIGIN_NAMES: Readonly<Record<string, string>> = {
  default: 'Postgres',
  search: 'Searches in Postgres',
  elasticsearch: 'Elasticsearch',
};

/** Returns the name of an origin for people. */
export function originName(origin: string): string {
  return ORIGIN_NAMES[origin] ?? origin;
}

/** Returns the name of a process for people: `worker 4711 on db-1`. */
function processName({ kind, pid, host }: Pick<Process, 'kind' | 'pid' | 'host'>): string {
  return `${kind} ${pid} on ${host}`;
}

/** Returns everything that is wrong, the worst first; an empty list if nothing is. */
export function faultsOf(seen: Seen): readonly Fault[] {
  return [
    ...serverFaults(seen),
    ...processFaults(seen),
    ...loadFaults(seen),
    ...workFaults(seen),
    ...answerFaults(seen),
  ]
    .toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
    .toSorted((a, b) => Number(b.severity === 'bad') - Number(a.severity === 'bad'));
}

const fault = (kind: FaultKind, what: string, since: number | null): Fault => ({
  kind,
  severity: FAULT_KINDS[kind].severity,
  what,
  since,
});
const because = (reason: string | null | undefined): string => (reason ? ` (${reason})` : '');
const instant = (text: string | null | undefined): number | null => (text == null ? null : Date.parse(text));

/** Returns the earliest instant that is known. */
function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function serverFaults({ health: { dependencies } }: Seen): Fault[] {
  const { postgres, elasticsearch, redis_cache, redis_queue } = dependencies;
  const servers = [
    ['postgres', 'Postgres', postgres],
    ['elasticsearch', 'Elasticsearch', elasticsearch],
    ['queueServer', 'The queue server', redis_queue],
    ['cacheServer', 'The cache server', redis_cache],
  ] as const;
  return servers.flatMap(([kind, name, server]) =>
    server === undefined || server.ok
      ? []
      : [fault(kind, `${name} is unavailable${because(server.reason)}`, instant(server.since))],
  );
}

function processFaults({ at, health, processes }: Seen): Fault[] {
  const { workers, invalidation_log } = health.dependencies;
  const waitingSince = workers.oldest_wait_ms === null ? null : at - workers.oldest_wait_ms;
  const behind = workers.ok ? [] : [fault('ingestBehind', 'Work waits for a worker', waitingSince)];
  if (processes === null) {
    return invalidation_log.current
      ? behind
      : [...behind, fault('disconnected', 'This api has lost the invalidation log', null)];
  }
  const silent = processes.filter(({ silent }) => silent);
  const present = processes.filter(({ silent }) => !silent);
  const lastWorkers = silent.filter(({ kind }) => kind === 'worker').map(({ seen_at }) => Date.parse(seen_at));
  const hasWorker = present.some(({ kind }) => kind === 'worker');
  return [
    ...(hasWorker
      ? behind
      : [fault('noWorker', 'No worker runs', lastWorkers.length === 0 ? null : Math.max(...lastWorkers))]),
    ...silent.map((one) => fault('silentProcess', `The ${processName(one)} is silent`, Date.parse(one.seen_at))),
    ...present
      .filter(({ log }) => log.state === 'disconnected')
      .map((one) =>
        fault('disconnected', `The ${processName(one)} has lost the invalidation log`, Date.parse(one.log.since)),
      ),
  ];
}

/** Returns the faults of the loads, by origin over all processes. */
function loadFaults({ processes }: Seen): Fault[] {
  const present = (processes ?? []).filter(({ silent }) => !silent);
  const origins = [...new Set(present.flatMap(({ origins }) => Object.keys(origins)))];
  return origins.flatMap((origin) => {
    const all = present.flatMap(({ origins }) => origins[origin] ?? []);
    const open = all.filter(({ breaker }) => breaker !== 'closed');
    const waiting = all.map(({ waiting }) => waiting).filter((n) => n > MAX_WAITING_LOADS);
    const name = originName(origin);
    const where = open.length === all.length ? 'every process' : `${open.length} of ${all.length} processes`;
    return [
      ...(open.length === 0
        ? []
        : [
            fault(
              'breaker',
              `The circuit breaker of ${name} is open in ${where}`,
              earliest(open.map(({ breaker_since }) => Date.parse(breaker_since))),
            ),
          ]),
      ...(waiting.length === 0
        ? []
        : [fault('saturated', `${count(waiting.reduce((a, b) => a + b))} loads wait for a permit of ${name}`, null)]),
    ];
  });
}

const QUEUE_FAULTS = {
  invalidation: 'invalidationsBehind',
  ingest: 'ingestBehind',
  warming: 'backgroundBehind',
  maintenance: 'backgroundBehind',
} as const satisfies Record<string, FaultKind>;

function workFaults({ at, health, queues: section }: Seen): Fault[] {
  const { outbox = null, queues = null } = section ?? {};
  const outboxSince = instant(outbox?.oldest_at);
  const late = Object.entries(queues ?? {}).flatMap(([name, { oldest_at }]) => {
    const since = instant(oldest_at);
    const queue = name as keyof typeof MAX_WAIT_MS;
    if (since === null || at - since <= MAX_WAIT_MS[queue]) return [];
    // The health has said so already.
    if (queue === 'ingest' && !health.dependencies.workers.ok) return [];
    return [fault(QUEUE_FAULTS[queue], `The queue ${queue} is behind`, since)];
  });
  const quarantinedSince = earliest((section?.quarantine ?? []).map(({ failed_at }) => Date.parse(failed_at)));
  const failed = Object.values(queues ?? {}).reduce((sum, queue) => sum + queue.failed, 0);
  return [
    ...(outboxSince !== null && at - outboxSince > MAX_OUTBOX_MS
      ? [fault('outbox', 'Events are not handed over to the queues', outboxSince)]
      : []),
    ...late,
    ...(failed === 0
      ? []
      : [
          fault('quarantine', `${count(failed)} ${failed === 1 ? 'job is' : 'jobs are'} quarantined`, quarantinedSince),
        ]),
  ];
}

function answerFaults({ endpoints, processes, findings }: Seen): Fault[] {
  const foundSince = (prefix: string) =>
    earliest((findings ?? []).filter((one) => one.prefix === prefix).map(({ at }) => Date.parse(at)));
  const found = Object.entries(endpoints).flatMap(([prefix, { freshness }]) => {
    const stale = (freshness?.lost_invalidations ?? 0) + (freshness?.unexplained ?? 0);
    return stale === 0
      ? []
      : [fault('staleAnswers', `The audits found ${count(stale)} stale answers of ${prefix}`, foundSince(prefix))];
  });
  const unverified = Object.values(endpoints).reduce((sum, { windows }) => sum + (windows?.['1m'].unverified ?? 0), 0);
  const disconnected = (processes ?? []).filter(({ log }) => log.state === 'disconnected' || !log.trusted);
  const since = earliest(disconnected.map(({ log }) => Date.parse(log.since)));
  return [
    ...found,
    ...(unverified === 0
      ? []
      : [fault('unverified', `${count(unverified)} unverified answers in the last minute`, since)]),
  ];
}
