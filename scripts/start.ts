import { join } from 'node:path';
import { buildConsole } from '@pilotlight/console/build';
import { keptSecret, newSecret, type Services, seconds, startServices } from '@pilotlight/stack';
import { AppProcess } from './app-process.ts';
import { type LaunchOptions, launchOptions } from './launch-options.ts';
import { loadSamples } from './load-samples.ts';
import { refuseTakenPort } from './port-check.ts';
import { CommandError, runCommand } from './run-command.ts';
import { listenForStop, type StopRequest } from './stop-request.ts';
import { untilReady } from './until-ready.ts';
import { walkThrough } from './walk-through.ts';

const GRACE_MS = 15_000;

interface Running {
  services: Services;
  apps: AppProcess[];
}

/** `npm start`: runs the whole system until the process is asked to stop. */
await runCommand(async () => {
  const options = launchOptions('start', process.argv.slice(2));
  const host = process.env['HOST'] ?? '127.0.0.1';
  const stop = listenForStop();
  await refuseTakenPort(host, options.port);

  const startedAt = performance.now();
  await buildConsole(log);
  const services = await startServices({
    ...(options.dataDir === null ? { ephemeral: true } : { dataDir: options.dataDir }),
    elasticsearch: options.elasticsearch,
    log,
  });
  const running: Running = { services, apps: [] };
  try {
    if (!stop.isAsked) await serve(running, { ...options, host, startedAt }, stop);
  } finally {
    await stopAll(running, stop);
  }
});

async function serve(
  running: Running,
  options: LaunchOptions & { host: string; startedAt: number },
  stop: StopRequest,
): Promise<void> {
  const { host, port, dataDir } = options;
  const adminToken =
    process.env['ADMIN_TOKEN'] ?? (dataDir === null ? newSecret() : keptSecret(join(dataDir, 'admin-token')));
  const env = {
    ...process.env,
    ...running.services.env,
    ...(dataDir !== null && process.env['DATABASE_URL'] === undefined && { DATABASE_DIRECTORY: dataDir }),
    HOST: host,
    PORT: String(port),
    ADMIN_TOKEN: adminToken,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'debug',
    DEMO_TRAFFIC: options.demo ? '1' : '0',
  };
  for (const [name, script] of [
    ['api', 'apps/api/src/server.ts'],
    ['worker', 'apps/worker/src/worker.ts'],
  ] as const) {
    const app = AppProcess.start(name, script, env, log);
    if (app.pid !== undefined) running.services.supervise(app.pid);
    running.apps.push(app);
  }
  const lost = Promise.race(running.apps.map(async (app) => ({ app, ending: await app.ended })));

  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const ready = async () => {
    await untilReady(base, log);
    log(`The console answers: ${base}/`);
    if (options.sample) await loadSamples(base, log);
    // The URL of the environment may hold credentials.
    const elasticsearchUrl = process.env['ELASTICSEARCH_URL'] ? null : running.services.env.ELASTICSEARCH_URL;
    log(
      walkThrough({
        base,
        adminToken,
        dataDir,
        demo: options.demo,
        elasticsearchUrl,
        tookText: seconds(performance.now() - options.startedAt),
      }),
    );
    return new Promise<never>(() => undefined);
  };
  // Keeps this process alive between two events.
  const alive = setInterval(() => undefined, 60_000);
  const outcome = await Promise.race([lost, stop.asked, ready()]);
  clearInterval(alive);
  if (typeof outcome === 'string') return;
  throw new CommandError(
    `The ${outcome.app.name} exited unexpectedly (${outcome.ending}); see its last lines above for the reason.`,
  );
}

async function stopAll({ services, apps }: Running, stop: StopRequest): Promise<void> {
  const hurry = stop.askedAgain;
  log('\nStopping the worker and the api, then the services (press Ctrl-C again to stop at once)');
  await Promise.all(
    apps.toReversed().map(async (app) => {
      if (app.hasEnded) return;
      log(`  ${app.name} stopped (${await app.stop({ graceMs: GRACE_MS, hurry })})`);
    }),
  );
  await services.stop();
  log('  services stopped');
}

function log(line: string): void {
  console.log(line);
}
