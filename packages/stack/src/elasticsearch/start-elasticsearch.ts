import { rmSync } from 'node:fs';
import { openDirectory } from '../directory.ts';
import { ServiceUnavailable } from '../errors.ts';
import { type LineLogger, seconds } from '../line-logger.ts';
import { type RunningElasticsearch, runningServer } from '../process/running-server.ts';
import { serverPlace } from '../process/server-place.ts';
import { serverUser } from '../process/server-user.ts';
import { Supervisor } from '../process/supervisor.ts';
import { canFetchDistribution, ELASTICSEARCH_VERSION, fetchDistribution } from './distribution.ts';
import { findJava, type JavaHome, MIN_JAVA_MAJOR } from './find-java.ts';
import { spawnElasticsearch } from './spawn-elasticsearch.ts';

export interface ElasticsearchOptions {
  /** Persistent data directory. Without it the data is removed with the server. */
  dataDir?: string | undefined;
  log?: LineLogger | undefined;
  /** Supervisor that watches the server. Defaults to a new one. */
  supervisor?: Supervisor | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  /** Patterns of directories that may hold a Java. Defaults to where systems install it. */
  javaPlaces?: readonly string[] | undefined;
}

const SERVICE = { name: 'Elasticsearch', user: 'elasticsearch', variable: 'ELASTICSEARCH_URL' };

/**
 * Starts one Elasticsearch on the loopback interface and resolves when it answers. It uses Docker, else the test
 * distribution of Maven Central with an installed Java. Rejects with `ServiceUnavailable`, which names every way that
 * was tried and what it lacks.
 */
export async function startElasticsearch(options: ElasticsearchOptions = {}): Promise<RunningElasticsearch> {
  const startedAt = performance.now();
  const log = options.log ?? (() => undefined);
  const supervisor = options.supervisor ?? Supervisor.start();
  const directory = openDirectory(options.dataDir, supervisor);
  const afterStop: (() => void)[] = [];
  const letGo = () => {
    for (const dispose of afterStop) dispose();
    directory.dispose();
    if (options.supervisor === undefined) supervisor.release();
  };
  try {
    const tools = { ...options, env: options.env ?? process.env, log, supervisor };
    const running = await startAnyWay(directory.path, tools, afterStop);
    log(`Elasticsearch ready in ${seconds(performance.now() - startedAt)} (${running.how})`);
    return runningServer(running, running, letGo);
  } catch (error) {
    letGo();
    throw error;
  }
}

interface Tools extends ElasticsearchOptions {
  env: NodeJS.ProcessEnv;
  log: LineLogger;
  supervisor: Supervisor;
}

async function startAnyWay(directory: string, tools: Tools, afterStop: (() => void)[]): Promise<RunningElasticsearch> {
  const reasons: string[] = [];
  // Loading the Docker client takes about a second, which only this service spends.
  const { dockerAnswers } = await import('../docker/container-server.ts');
  const docker = await dockerAnswers();
  if (docker === true) {
    try {
      const { elasticsearchInDocker } = await import('./elasticsearch-in-docker.ts');
      return await elasticsearchInDocker(directory, tools.log);
    } catch (error) {
      reasons.push(`Docker: ${error instanceof Error ? error.message : String(error)}`);
    }
  } else reasons.push(`Docker: ${docker}`);

  const java = findJava(tools.env, tools.javaPlaces);
  const isFetchable = canFetchDistribution(tools.env);
  if (java !== null && isFetchable === true) return await startDistribution(directory, java, tools, afterStop);
  const missing = [
    ...(java === null ? [`no Java ${MIN_JAVA_MAJOR} or newer in JAVA_HOME or among the installed ones`] : []),
    ...(isFetchable === true ? [] : [isFetchable]),
  ];
  reasons.push(`Elasticsearch ${ELASTICSEARCH_VERSION} of Maven Central: ${missing.join('; ')}`);
  throw new ServiceUnavailable(
    `No Elasticsearch is available. Tried, in this order:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}\n` +
      `Start Docker, install Java ${MIN_JAVA_MAJOR} (and Maven), or set ELASTICSEARCH_URL to a server of your own.`,
  );
}

async function startDistribution(
  directory: string,
  java: JavaHome,
  { env, log, supervisor, dataDir }: Tools,
  afterStop: (() => void)[],
): Promise<RunningElasticsearch> {
  const user = serverUser(SERVICE, log);
  const home = await fetchDistribution(env, java, log);
  const place = serverPlace(directory, { service: SERVICE.name, name: 'node', user }, log);
  if (dataDir === undefined && !place.startsWith(directory)) {
    supervisor.watch({ kind: 'directory', id: place });
    afterStop.push(() => rmSync(place, { recursive: true, force: true }));
  }
  const { server, url, port } = await spawnElasticsearch({ home, java, place, directory, user }, supervisor, log);
  return runningServer(server, { url, port, how: `Elasticsearch ${ELASTICSEARCH_VERSION} on Java ${java.major}` });
}
