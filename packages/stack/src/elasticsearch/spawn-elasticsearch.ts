import { chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LineLogger, seconds } from '../line-logger.ts';
import { freePort, onFreePort } from '../process/free-port.ts';
import { ServerProcess } from '../process/server-process.ts';
import type { ServerUser } from '../process/server-user.ts';
import type { Supervisor } from '../process/supervisor.ts';
import type { JavaHome } from './find-java.ts';
import { pingElasticsearch } from './ping-elasticsearch.ts';

/** The files and programs of a server. */
export interface ElasticsearchServer {
  /** The unpacked distribution. */
  home: string;
  java: JavaHome;
  /** Holds configuration, data and logs; `user` can reach it. */
  place: string;
  /** Directory of the launcher for the output and the process note. */
  directory: string;
  user: ServerUser | null;
}

/** Enough for the tests; the process takes about 800 MB in all. */
export const HEAP = '512m';
const PROGRESS_EVERY_MS = 10_000;

/** Starts the server and resolves when it answers. */
export async function spawnElasticsearch(
  options: ElasticsearchServer,
  supervisor: Supervisor,
  log: LineLogger,
): Promise<{ server: ServerProcess; url: string; port: number }> {
  const startedAt = performance.now();
  const ticking = setInterval(
    () => log(`  Elasticsearch is still starting (${seconds(performance.now() - startedAt)})`),
    PROGRESS_EVERY_MS,
  );
  try {
    return await startOnFreePort(options, supervisor);
  } finally {
    clearInterval(ticking);
  }
}

function startOnFreePort(options: ElasticsearchServer, supervisor: Supervisor) {
  return onFreePort(freePort, async (port) => {
    const url = `http://127.0.0.1:${port}`;
    writeConfiguration(options, { http: port, transport: await freePort() });
    const server = elasticsearchProcess(options, url, supervisor);
    await server.start();
    return { server, url, port };
  });
}

/** The server writes its keystore beside its configuration, so both belong to its user. */
function writeConfiguration({ home, place, user }: ElasticsearchServer, ports: { http: number; transport: number }) {
  const directories = [place, ...['config', 'config/jvm.options.d', 'data', 'logs'].map((name) => join(place, name))];
  for (const path of directories) mkdirSync(path, { recursive: true, mode: 0o700 });
  const config = join(place, 'config');
  for (const name of ['jvm.options', 'log4j2.properties']) copyFileSync(join(home, 'config', name), join(config, name));
  const settings = {
    'discovery.type': 'single-node',
    'xpack.security.enabled': false,
    'network.host': '127.0.0.1',
    'http.port': ports.http,
    'transport.port': ports.transport,
    'path.data': join(place, 'data'),
    'path.logs': join(place, 'logs'),
  };
  // JSON is YAML.
  writeFileSync(join(config, 'elasticsearch.yml'), `${JSON.stringify(settings, null, 2)}\n`);
  if (user === null) return;
  const files = ['jvm.options', 'log4j2.properties', 'elasticsearch.yml'].map((name) => join(config, name));
  for (const path of [...directories, ...files]) chownSync(path, user.uid, user.gid);
}

function elasticsearchProcess(options: ElasticsearchServer, url: string, supervisor: Supervisor): ServerProcess {
  const { home, java, place, directory, user } = options;
  return new ServerProcess(
    {
      name: 'elasticsearch',
      command: join(home, 'bin', 'elasticsearch'),
      args: [],
      cwd: place,
      env: {
        PATH: process.env['PATH'],
        ES_JAVA_HOME: java.path,
        ES_PATH_CONF: join(place, 'config'),
        ES_JAVA_OPTS: `-Xms${HEAP} -Xmx${HEAP}`,
        ES_TMPDIR: join(place, 'data'),
      },
      user: user ?? undefined,
      logFile: join(directory, 'elasticsearch.log'),
      pidFile: join(directory, 'server.json'),
      // The server of a killed launcher holds its lock until it notices.
      passes: (text) => text.includes('failed to obtain node locks'),
      stopSignal: 'SIGTERM',
      graceMs: 20_000,
      ask: () => pingElasticsearch(url),
      readyWithinMs: 300_000,
    },
    supervisor,
  );
}
