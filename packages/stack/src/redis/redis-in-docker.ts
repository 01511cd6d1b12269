import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import { ServerStartFailed } from '../errors.ts';
import type { LineLogger } from '../line-logger.ts';
import { LoopbackContainer, signalContainer } from '../process/docker.ts';
import { freeClusterPort, freePort } from '../process/free-port.ts';
import { poll } from '../process/poll.ts';
import type { RunningRedis } from '../process/running-server.ts';
import { pingRedis } from './ping-redis.ts';
import { redisConfig } from './redis-role.ts';
import type { RedisServerOptions } from './spawn-redis.ts';

const IMAGE = 'redis:7-alpine';
const INSIDE_PORT = 6379;
const CONFIG = '/tmp/redis.conf';

/** Starts one Redis in a container, published on the loopback interface only. Its data is in `directory`. */
export async function redisInDocker(options: RedisServerOptions, log: LineLogger): Promise<RunningRedis> {
  const port = await (options.cluster ? freeClusterPort() : freePort());
  const url = `redis://:${options.password}@127.0.0.1:${port}`;
  log(`Redis (${options.role}): starting ${IMAGE} in Docker (the first start downloads the image)`);
  const container = await containerOf(options, port).start();
  await answers(url, container, options.role);
  return {
    url,
    port,
    pid: null,
    how: `Docker (${IMAGE})`,
    kill: (signal) => void signalContainer(container, signal).catch((error) => log(`docker kill: ${error}`)),
    restart: async () => {
      await container.restart();
      await answers(url, container, options.role);
    },
    stop: async () => {
      await container.stop();
    },
  };
}

function containerOf(options: RedisServerOptions, port: number): GenericContainer {
  const { role, password, directory, cluster } = options;
  // Cluster nodes announce their addresses to clients and to each other, so the address must be valid inside the
  // container too.
  const network = cluster ? { port, bind: '127.0.0.1' } : { port: INSIDE_PORT, bind: '*' };
  const content = redisConfig(role, { ...network, password, dir: '/data', cluster });
  const container = new LoopbackContainer(IMAGE)
    .withCopyContentToContainer([{ content, target: CONFIG, mode: 0o644 }])
    .withCommand(['redis-server', CONFIG])
    .withBindMounts([{ source: directory, target: '/data' }]);
  if (cluster) container.withNetworkMode('host');
  else container.withExposedPorts({ container: INSIDE_PORT, host: port });
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  // Files that the server writes must belong to us, so that a throw-away directory can be removed.
  return uid === undefined || gid === undefined ? container : container.withUser(`${uid}:${gid}`);
}

async function answers(url: string, container: StartedTestContainer, role: string): Promise<void> {
  let last: unknown;
  const ready = await poll(
    async () => {
      try {
        await pingRedis(url);
        return true;
      } catch (error) {
        last = error;
        return false;
      }
    },
    { withinMs: 60_000, everyMs: 50 },
  );
  if (ready) return;
  await container.stop();
  throw new ServerStartFailed(`Redis (${role}) in Docker did not answer within 60 s`, { cause: last });
}
