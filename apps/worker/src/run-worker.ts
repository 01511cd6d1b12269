import { OriginUnavailable } from '@pilotlight/origin';
import { RECIPES } from '@pilotlight/recipes';
import { type Config, type Logger, probeWrite, problemOf, type ShutdownStep } from '@pilotlight/runtime';
import { AUDIT_EVERY_MS } from './auditing/limits.ts';
import { watchConsumption } from './consumption.ts';
import { createHandlers } from './create-handlers.ts';
import { type Deps, openDeps, openJobQueues } from './deps.ts';
import { CANCEL_MS, CLOSE_MS, DRAIN_MS, FLUSH_MS, INTAKE_MS, RECLAIM_MS } from './limits.ts';
import { Outage } from './outage.ts';
import { outdateAll } from './outdate-all.ts';
import { Relay } from './relay.ts';
import { type Schedule, Schedules } from './schedules.ts';
import { startWorkers } from './start-workers.ts';
import { until } from './until.ts';
import { SWEEP_EVERY_MS } from './warming/limits.ts';
import { openKeepWarm } from './warming/open-keep-warm.ts';
import { WarmAtStart } from './warming/warm-at-start.ts';
import { watchQuarantine } from './watch-quarantine.ts';
import { watchQueueServer } from './watch-queue-server.ts';

const PREFIXES = Object.values(RECIPES).map(({ prefix }) => prefix);

const SCHEDULES: readonly Schedule[] = [
  {
    id: 'warm-hot-keys',
    job: 'warm-keys',
    everyMs: SWEEP_EVERY_MS,
    data: { reason: 'scheduled', prefixes: PREFIXES },
  },
  { id: 'audit-freshness', job: 'audit-freshness', everyMs: AUDIT_EVERY_MS, data: {} },
  { id: 'sweep-outbox', job: 'sweep-outbox', everyMs: 60_000, data: {} },
];

/** One worker process: `start` waits for its services, the steps end it in order from whatever point it has reached. */
export interface WorkerProcess {
  start(): Promise<void>;
  readonly shutdown: readonly ShutdownStep[];
}

export function createWorkerProcess(config: Config, logger: Logger): WorkerProcess {
  const deps = openDeps(config, logger);
  const ending = new AbortController();
  const parts: Parts = { intake: [], closeWorkers: async () => undefined, closeQueues: async () => undefined };

  const start = async () => {
    await waitForServices(deps, config, logger, ending.signal);
    const queues = openJobQueues(deps, logger);
    parts.closeQueues = () => queues.close();
    await deps.cache.start();
    if (ending.signal.aborted) return;
    const { origin, producer, workerConnection: connection } = deps;
    const isReady = () => producer.status === 'ready';
    const keepWarm = openKeepWarm(deps, logger);
    const workers = startWorkers({
      connection,
      handlers: createHandlers(deps, queues, logger, keepWarm),
      logger,
      outdateAll: outdateAll({ cache: deps.cache, origin, logger }),
    });
    parts.closeWorkers = () => workers.close();
    const relay = new Relay({ outbox: origin.outbox, queues, isReady, logger });
    const schedules = new Schedules({ queues, isReady, schedules: SCHEDULES, logger });
    const consumption = watchConsumption({ queues, isReady, logger });
    const quarantine = watchQuarantine({ queues, isReady, logger });
    const queueServer = watchQueueServer({
      redis: deps.redis,
      isUnsafeAllowed: config.allowUnsafeRedis,
      workers,
      logger,
    });
    parts.intake.push(relay, schedules, consumption, quarantine, queueServer);
    producer.on('ready', () => {
      relay.wake();
      schedules.wake();
    });
    schedules.start();
    consumption.start();
    quarantine.start();
    queueServer.start();
    await relay.start();
    if (ending.signal.aborted) return;
    parts.intake.push(new WarmAtStart(keepWarm, PREFIXES, logger));
    logger.info('Worker ready');
  };
  return { start, shutdown: shutdownSteps(deps, ending, parts) };
}

/** What there is to end, as far as the start has come. */
interface Parts {
  readonly intake: { stop(): Promise<unknown> }[];
  closeWorkers(): Promise<unknown>;
  closeQueues(): Promise<unknown>;
}

function shutdownSteps(deps: Deps, ending: AbortController, parts: Parts): readonly ShutdownStep[] {
  let draining: Promise<unknown> = Promise.resolve();
  return [
    {
      name: 'stop intake',
      withinMs: INTAKE_MS,
      run: async () => {
        ending.abort();
        // At once: no job is taken while the rest of the intake, which may hang at a frozen server, comes to its end.
        draining = parts.closeWorkers();
        await Promise.all(parts.intake.map((part) => part.stop()));
      },
    },
    {
      name: 'drain',
      withinMs: DRAIN_MS + CANCEL_MS + RECLAIM_MS,
      run: async () => {
        await draining;
        await deps.reclaimer.drain(RECLAIM_MS);
      },
    },
    { name: 'flush', withinMs: FLUSH_MS, run: () => deps.cache.close() },
    {
      name: 'close',
      withinMs: CLOSE_MS,
      run: async () => {
        await parts.closeQueues();
        await deps.close();
      },
    },
  ];
}

async function waitForServices(
  { origin, producer, redis }: Deps,
  { allowUnsafeRedis }: Config,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const queueServer = new Outage(logger, { begun: 'waiting for the queue server', over: 'the queue server answers' });
  const database = new Outage(logger, { begun: 'waiting for the database', over: 'the database answers' });
  const askQueueServer = async () => {
    if (producer.status !== 'ready') throw new Error(problemOf(producer) ?? 'it is out of reach');
    await probeWrite(producer);
    if (redis.unsafe === undefined) throw new Error('its maxmemory-policy is not known yet');
    if (redis.unsafe !== null && !allowUnsafeRedis) throw new Error(`it is refused: ${redis.unsafe}`);
  };
  await until(askQueueServer, { outage: queueServer, mayPass: () => true, signal });
  await until(() => origin.migrate(), {
    outage: database,
    mayPass: (error) => error instanceof OriginUnavailable,
    signal,
  });
}
