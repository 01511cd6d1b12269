import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type RunningPostgres, type RunningRedis, startPostgres, startRedis } from '@pilotlight/stack';
import { FaultProxy } from '@pilotlight/stack/testing';
import { ProcessSlot, type Role } from './process-slot.ts';

export const SERVICES = ['cache', 'queue', 'postgres'] as const;
export type ServiceName = (typeof SERVICES)[number];

const ENV_OF = { cache: 'REDIS_CACHE_URL', queue: 'REDIS_QUEUE_URL', postgres: 'DATABASE_URL' } as const;

/** A process slot and its own links to each service. */
export interface Member {
  readonly slot: ProcessSlot;
  readonly links: Readonly<Record<ServiceName, FaultProxy>>;
}

export interface FaultSystemOptions {
  readonly apis: number;
  readonly workers: number;
  /** Names of the protections to remove from every process, see `taken-away.ts`. */
  readonly without?: readonly string[];
  /** How far each api's wall clock is ahead, in ms. Defaults to 0. */
  readonly apisAheadMs?: readonly number[];
  readonly logLevel?: string;
}

/** Real processes on their own real servers. Every connection uses a link that can fail. */
export interface FaultSystem {
  readonly apis: readonly Member[];
  readonly workers: readonly Member[];
  readonly cache: RunningRedis;
  readonly queue: RunningRedis;
  readonly postgres: RunningPostgres;
  /** Processes that exited unexpectedly. */
  readonly crashes: readonly string[];
  stop(): Promise<void>;
}

const PRELOAD = join(import.meta.dirname, 'preload.ts');

/** Starts the system and resolves once every process is up. */
export async function startFaultSystem(options: FaultSystemOptions): Promise<FaultSystem> {
  const [cache, queue, postgres] = await Promise.all([
    startRedis({ role: 'cache' }),
    startRedis({ role: 'queue' }),
    // Durable, as in production: committed data must survive a kill.
    startPostgres({ ephemeral: false }),
  ]);
  const members: Member[] = [];
  const crashes: string[] = [];
  const stop = async (): Promise<void> => {
    const ended = await Promise.allSettled(members.map(({ slot }) => slot.stop()));
    await Promise.all(members.flatMap(({ links }) => SERVICES.map((service) => links[service].close())));
    await Promise.all([cache.stop(), queue.stop(), postgres.stop()]);
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  };
  const join = async (role: Role, n: number): Promise<void> => {
    const links = {
      cache: await FaultProxy.to(cache.url),
      queue: await FaultProxy.to(queue.url),
      postgres: await FaultProxy.to(postgres.url),
    };
    const aheadMs = role === 'api' ? (options.apisAheadMs?.[n - 1] ?? 0) : 0;
    const env = environment(links, options, aheadMs);
    const slot = new ProcessSlot({ name: `${role} ${n}`, role, env, onCrash: (what) => crashes.push(what) });
    members.push({ slot, links });
    await slot.untilUp();
  };
  try {
    const places = (role: Role, many: number) => Array.from({ length: many }, (_, i) => join(role, i + 1));
    await Promise.all([...places('api', options.apis), ...places('worker', options.workers)]);
  } catch (error) {
    await stop().catch(() => undefined); // The reason of the failed start is more important.
    throw error;
  }
  const of = (role: Role) =>
    members.filter(({ slot }) => slot.role === role).sort((a, b) => a.slot.name.localeCompare(b.slot.name));
  return { apis: of('api'), workers: of('worker'), cache, queue, postgres, crashes, stop };
}

function environment(
  links: Member['links'],
  { without = [], logLevel = 'info' }: FaultSystemOptions,
  aheadMs: number,
): NodeJS.ProcessEnv {
  const urls = Object.fromEntries(SERVICES.map((service) => [ENV_OF[service], links[service].url]));
  const preload = {
    NODE_OPTIONS: `--import=${PRELOAD}`,
    TAKE_AWAY: without.join(','),
    CLOCK_AHEAD_MS: String(aheadMs),
  };
  return {
    PATH: process.env['PATH'],
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: logLevel,
    ...urls,
    ...((without.length > 0 || aheadMs !== 0) && preload),
  };
}

/** Signals a server with all of its processes: Postgres has one per connection. */
export function signalServer(pid: number | null, signal: 'SIGSTOP' | 'SIGCONT'): void {
  if (pid === null) return;
  // The parent first, so that it starts no further children.
  sendSignal(pid, signal);
  for (const child of childrenOf(pid)) sendSignal(child, signal);
}

/** Returns the child processes of a process. */
export function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = stdout.trim().split('\n');
  return rows.flatMap((row) => {
    const [child, parent] = row.trim().split(/\s+/).map(Number);
    return child !== undefined && parent === pid ? [child] : [];
  });
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has just exited.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
