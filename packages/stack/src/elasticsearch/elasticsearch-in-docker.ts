import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Wait } from 'testcontainers';
import { LoopbackContainer, startContainerServer } from '../docker/container-server.ts';
import type { LineLogger } from '../line-logger.ts';
import { freePort } from '../process/free-port.ts';
import type { RunningElasticsearch } from '../process/running-server.ts';
import { ELASTICSEARCH_VERSION } from './distribution.ts';
import { pingElasticsearch } from './ping-elasticsearch.ts';
import { HEAP } from './spawn-elasticsearch.ts';

export const ELASTICSEARCH_IMAGE = `docker.elastic.co/elasticsearch/elasticsearch:${ELASTICSEARCH_VERSION}`;
const INSIDE_PORT = 9200;
/** The user that the image is made for; its group must be 0. */
const IMAGE_USER = 1000;
const READY_WITHIN_MS = 180_000;

/** Starts Elasticsearch in a container, published on the loopback interface only. Its data is in `directory`. */
export async function elasticsearchInDocker(directory: string, log: LineLogger): Promise<RunningElasticsearch> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  return await startContainerServer(containerOf(directory, port), {
    name: 'Elasticsearch',
    image: ELASTICSEARCH_IMAGE,
    url,
    port,
    ask: () => pingElasticsearch(url),
    // The first line of its log; `ask` then waits for the server. The library's own check by HTTP never saw the server, which answered.
    wait: Wait.forLogMessage(/./),
    readyWithinMs: READY_WITHIN_MS,
    log,
  });
}

function containerOf(directory: string, port: number): LoopbackContainer {
  const data = join(directory, 'docker-data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const self = process.getuid?.() ?? IMAGE_USER;
  // The server refuses to run as root.
  const user = self === 0 ? IMAGE_USER : self;
  if (self === 0) chownSync(data, user, 0);
  const container = new LoopbackContainer(ELASTICSEARCH_IMAGE);
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
