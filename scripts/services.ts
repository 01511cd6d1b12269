import { startServices } from '@pilotlight/stack';
import { launchOptions } from './launch-options.ts';
import { runCommand } from './run-command.ts';
import { listenForStop } from './stop-request.ts';

/**
 * `npm run services`: runs only the services until the process is asked to stop. Programs read the JSON line on stdout;
 * people read stderr.
 */
await runCommand(async () => {
  const options = launchOptions('services', process.argv.slice(2));
  const stop = listenForStop();
  const log = (line: string) => console.error(line);
  const services = await startServices({
    ...(options.dataDir === null ? { ephemeral: true } : { dataDir: options.dataDir }),
    elasticsearch: options.elasticsearch,
    log,
  });
  if (options.json) console.log(JSON.stringify(services.env));
  else {
    for (const [name, value] of Object.entries(services.env)) console.log(`${name}=${value}`);
    log(
      `\nThe services are running${options.dataDir === null ? '' : `, with their data in ${options.dataDir}`}. Ctrl-C stops them.`,
    );
  }
  // Keeps this process alive, which the servers do not.
  const alive = setInterval(() => undefined, 60_000);
  const by = await stop.asked;
  clearInterval(alive);
  log(`\nStopping the services (${by})`);
  await services.stop();
  log('Stopped');
});
