import type { GenericContainer } from 'testcontainers';
import { LoopbackContainer, startContainerServer } from '../docker/container-server.ts';
import type { LineLogger } from '../line-logger.ts';
import { freeClusterPort, freePort } from '../process/free-port.ts';
import type { RunningRedis } from '../process/running-server.ts';
import { pingRedis } from './ping-redis.ts';
import { redisConfig } from './redis-role.ts';
import type { RedisServerOptions } from './spawn-redis.ts';

export const REDIS_IMAGE = 'redis:7.4.6-alpine';
const INSIDE_PORT = 6379;
const CONFIG = '/tmp/redis.conf';

/** Starts one Redis in a container, published on the loopback interface only. Its data is in `directory`. */
export async function redisInDocker(options: RedisServerOptions, log: LineLogger): Promise<RunningRedis> {
  const port = await (options.cluster ? freeClusterPort() : freePort());
  const url = `redis://:${options.password}@127.0.0.1:${port}`;
  return await startContainerServer(containerOf(options, port), {
    name: `Redis (${options.role})`,
    image: REDIS_IMAGE,
    url,
    port,
    ask: () => pingRedis(url),
    log,
  });
}

function containerOf(options: RedisServerOptions, port: number): GenericContainer {
  const { role, password, directory, cluster } = options;
  // Cluster nodes announce their addresses to clients and to each other, so the address must be valid inside the
  // container too.
  const network = cluster ? { port, bind: '127.0.0.1' } : { port: INSIDE_PORT, bind: '*' };
  const content = redisConfig(role, { ...network, password, dir: '/data', cluster });
  const container = new LoopbackContainer(REDIS_IMAGE)
    .withCopyContentToContainer([{ content, target: CONFIG, mode: 0o644 }])
    .withCommand(['redis-server', CONFIG])
    .withBindMounts([{ source: directory, target: '/data' }]);
  if (cluster) container.withNetworkMode('host');
  else container.withExposedPorts({ container: INSIDE_PORT, host: port });
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  // Files that the server writes must belong to us, so that a throw-away directory can be removed.
  return uid === undefined || gid === undefined ? container : container.withUser(`${uid}:${gid}`);
}
