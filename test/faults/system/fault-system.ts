import { join } from 'node:path';
import { newSecret, type RunningPostgres, type RunningRedis, startPostgres, startRedis } from '@pilotlight/stack';
import { FaultProxy } from '@pilotlight/stack/testing';
import type { ElasticsearchUnderFaults } from './elasticsearch-server.ts';
import { ProcessSlot, type Role } from './process-slot.ts';

export const SERVICES = ['cache', 'queue', 'postgres'] as const;
export type ServiceName = (typeof SERVICES)[number];

const ENV_OF = { cache: 'REDIS_CACHE_URL', queue: 'REDIS_QUEUE_URL', postgres: 'DATABASE_URL' } as const;

/** A process slot and its own links to each service. */
export interface Member {
  readonly slot: ProcessSlot;
  /** The environment of its processes. */
  readonly env: NodeJS.ProcessEnv;
  readonly links: Readonly<Record<ServiceName, FaultProxy>>;
  /** Its link to Elasticsearch; null if the lines are in Postgres. */
  readonly elasticsearch: FaultProxy | null;
}

export interface FaultSystemOptions {
  readonly apis: number;
  readonly workers: number;
  /** Names of the protections to remove from every process, see `taken-away.ts`. */
  readonly without?: readonly string[];
  /** How far each api's wall clock is ahead, in ms. Defaults to 0. */
  readonly apisAheadMs?: readonly number[];
  readonly logLevel?: string;
  /** The server that keeps the lines; its owner stops it. Defaults to Postgres. */
  readonly elasticsearch?: ElasticsearchUnderFaults;
}

/** Real processes on their own real servers. Every connection uses a link that can fail. */
export interface FaultSystem {
  readonly apis: readonly Member[];
  readonly workers: readonly Member[];
  readonly cache: RunningRedis;
  readonly queue: RunningRedis;
  readonly postgres: RunningPostgres;
  /** Null if the lines are in Postgres. */
  readonly elasticsearch: ElasticsearchUnderFaults | null;
  readonly adminToken: string;
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
  const adminToken = newSecret();
  const members: Member[] = [];
  const crashes: string[] = [];
  const stop = async (): Promise<void> => {
    const ended = await Promise.allSettled(members.map(({ slot }) => slot.stop()));
    const linksOf = ({ links, elasticsearch: link }: Member) => [...Object.values(links), ...(link ? [link] : [])];
    await Promise.all(members.flatMap(linksOf).map((link) => link.close()));
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
    const gateway = options.elasticsearch?.gateway;
    const elasticsearch = gateway ? await FaultProxy.to(gateway.url) : null;
    const aheadMs = role === 'api' ? (options.apisAheadMs?.[n - 1] ?? 0) : 0;
    const env = {
      ...environment(links, options, aheadMs),
      ADMIN_TOKEN: adminToken,
      ...(elasticsearch && { ELASTICSEARCH_URL: elasticsearch.url, ELASTICSEARCH_CA: gateway?.caFile }),
    };
    const slot = new ProcessSlot({ name: `${role} ${n}`, role, env, onCrash: (what) => crashes.push(what) });
    members.push({ slot, env, links, elasticsearch });
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
  const { elasticsearch = null } = options;
  return {
    ...{ apis: of('api'), workers: of('worker'), crashes, adminToken, stop },
    ...{ cache, queue, postgres, elasticsearch },
  };
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
