import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StartedTestContainer } from 'testcontainers';
import { ServerStartFailed } from '../errors.ts';
import { type LineLogger, seconds } from '../line-logger.ts';
import { LoopbackContainer, signalContainer } from '../process/docker.ts';
import { freePort } from '../process/free-port.ts';
import { poll } from '../process/poll.ts';
import type { RunningElasticsearch } from '../process/running-server.ts';
import { ELASTICSEARCH_VERSION } from './distribution.ts';
import { pingElasticsearch } from './ping-elasticsearch.ts';
import { HEAP } from './spawn-elasticsearch.ts';

const IMAGE = `docker.elastic.co/elasticsearch/elasticsearch:${ELASTICSEARCH_VERSION}`;
const INSIDE_PORT = 9200;
/** The user that the image is made for; its group must be 0. */
const IMAGE_USER = 1000;
const PROGRESS_EVERY_MS = 10_000;

/** Starts Elasticsearch in a container, published on the loopback interface only. Its data is in `directory`. */
export async function elasticsearchInDocker(directory: string, log: LineLogger): Promise<RunningElasticsearch> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  log(`Elasticsearch: starting ${IMAGE} in Docker (the first start downloads the image)`);
  const ticking = setInterval(
    () => log(`  Elasticsearch in Docker is still starting (${seconds(performance.now() - startedAt)})`),
    PROGRESS_EVERY_MS,
  );
  try {
    const container = await containerOf(directory, port).start();
    await answers(url, container);
    return runningContainer(container, { url, port }, log);
  } finally {
    clearInterval(ticking);
  }
}

function runningContainer(
  container: StartedTestContainer,
  { url, port }: { url: string; port: number },
  log: LineLogger,
): RunningElasticsearch {
  return {
    url,
    port,
    pid: null,
    how: `Docker (${IMAGE})`,
    kill: (signal) => void signalContainer(container, signal).catch((error) => log(`docker kill: ${error}`)),
    restart: async () => {
      await container.restart();
      await answers(url, container);
    },
    stop: async () => {
      await container.stop();
    },
  };
}

function containerOf(directory: string, port: number): LoopbackContainer {
  const data = join(directory, 'docker-data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const self = process.getuid?.() ?? IMAGE_USER;
  // The server refuses to run as root.
  const user = self === 0 ? IMAGE_USER : self;
  if (self === 0) chownSync(data, user, 0);
  const container = new LoopbackContainer(IMAGE);
  container
    .withEnvironment({
      'discovery.type': 'single-node',
      'xpack.security.enabled': 'false',
      ES_JAVA_OPTS: `-Xms${HEAP} -Xmx${HEAP}`,
    })
    .withBindMounts([{ source: data, target: '/usr/share/elasticsearch/data' }])
    .withUser(`${user}:0`)
    .withExposedPorts({ container: INSIDE_PORT, host: port });
  return container;
}

async function answers(url: string, container: StartedTestContainer): Promise<void> {
  let last: unknown;
  const ready = await poll(
    async () => {
      try {
        await pingElasticsearch(url);
        return true;
      } catch (error) {
        last = error;
        return false;
      }
    },
    { withinMs: 180_000, everyMs: 200 },
  );
  if (ready) return;
  await container.stop();
  throw new ServerStartFailed('Elasticsearch in Docker did not answer within 180 s', { cause: last });
}
