import type { Config, Logger, ShutdownStep } from '@pilotlight/runtime';
import { createApp } from './app.ts';
import { createDeps, type Deps } from './deps.ts';
import { fastHits } from './http/fast-hits.ts';
import { refuseUnreadableTargets } from './http/refuse-unreadable-targets.ts';
import { listen } from './listen.ts';
import { MessageBuffer } from './syslog/message-buffer.ts';
import { readyForLines } from './syslog/ready-for-lines.ts';
import { SyslogListener } from './syslog/syslog-listener.ts';
import { BackPressure } from './upload/back-pressure.ts';
import { FreeSpace } from './upload/free-space.ts';
import { ingestWaitMs } from './upload/ingest-wait.ts';

/** How long requests may take to finish once the process is asked to stop. */
const DRAIN_MS = 7_000;

/** How long the messages that wait may take to be stored. */
const SYSLOG_FLUSH_MS = 1_000;

export interface RunningApi {
  readonly url: string;
  /** The port for syslog over TCP and UDP; null if the api does not listen for it. */
  readonly syslogPort: number | null;
  readonly deps: Deps;
  /** Resolves once the database's tables are current; rejects if they cannot be migrated. */
  readonly migrated: Promise<void>;
  readonly shutdown: readonly ShutdownStep[];
}

/**
 * Starts an api that listens. While Postgres or Redis is unreachable, it reconnects in the background and answers requests that
 * need it with 503.
 */
export async function startApi(config: Config, logger: Logger): Promise<RunningApi> {
  const deps = createDeps(config, logger);
  await deps.cache.start();
  deps.processes.reporter.start();
  const listening = await listen(refuseUnreadableTargets(createApp(deps), deps.onAnswered), {
    host: config.host,
    port: config.port,
    onAnswered: deps.onAnswered,
    before: (listener, isClosing) => fastHits(listener, deps, isClosing),
    onConnection: () => deps.readQueue.connectionAccepted(),
  });
  deps.demo?.start(listening.url, deps.live);
  const syslog = await startSyslog(config, deps);
  return {
    url: listening.url,
    syslogPort: syslog?.port ?? null,
    deps,
    migrated: deps.migrations.bringUpToDate(),
    shutdown: [
      {
        name: 'requests',
        withinMs: DRAIN_MS + 1_000,
        run: () => {
          deps.stopping.abort();
          return listening.close(DRAIN_MS);
        },
      },
      { name: 'syslog', withinMs: SYSLOG_FLUSH_MS, run: async () => syslog?.listener.close() },
      { name: 'demo', withinMs: 100, run: async () => deps.demo?.close() },
      {
        name: 'access',
        withinMs: 100,
        run: async () => {
          deps.access.close();
          deps.rateLimits.close();
        },
      },
      { name: 'audit', withinMs: 1_000, run: () => deps.audit.close() },
      { name: 'register', withinMs: 500, run: () => deps.processes.reporter.close() },
      { name: 'cache', withinMs: 1_000, run: () => deps.cache.close() },
      { name: 'queues', withinMs: 500, run: () => deps.queues.close() },
      { name: 'origin', withinMs: 2_300, run: () => deps.origin.close() },
    ],
  };
}

async function startSyslog(
  { syslog, ingestMaxWaitMs: maxMs }: Config,
  deps: Deps,
): Promise<{ listener: SyslogListener; port: number } | null> {
  if (syslog === null) return null;
  const { origin, logger, migrations, syslogCounts: counts, lineCounts } = deps;
  const pressure = new BackPressure({ waitMs: () => ingestWaitMs(deps), maxMs, logger });
  const onUnmeasured = () => lineCounts.spaceUnmeasured('syslog');
  const space = new FreeSpace({ storage: origin.storage, logger, onUnmeasured });
  const ready = () => readyForLines({ migrations, pressure, space });
  const buffer = new MessageBuffer({ streams: origin.streams, logger, ready, counts: lineCounts });
  const listener = new SyslogListener({ ...syslog, buffer, counts });
  const port = await listener.listen();
  logger.info(`syslog at ${syslog.host}:${port}, TCP and UDP`);
  return { listener, port };
}
