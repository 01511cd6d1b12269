import { startServices } from '@pilotlight/stack';
import { launchOptions } from './launch-options.ts';
import { runCommand } from './run-command.ts';
import { listenForStop } from './stop-request.ts';

/** `npm run services`: the services alone, until it is told to stop. Programs read the JSON line; people read stderr. */
await runCommand(async () => {
  const options = launchOptions('services', process.argv.slice(2));
  const stop = listenForStop();
  const say = (line: string) => console.error(line);
  const services = await startServices({
    ...(options.dataDir === null ? { ephemeral: true } : { dataDir: options.dataDir }),
    say,
  });
  if (options.json) console.log(JSON.stringify(services.env));
  else {
    for (const [name, value] of Object.entries(services.env)) console.log(`${name}=${value}`);
    say(
      `\nThe services run${options.dataDir === null ? '' : `, with their data in ${options.dataDir}`}. Ctrl-C stops them.`,
    );
  }
  // Nothing else keeps this process alive: the servers do not depend on it.
  const alive = setInterval(() => undefined, 60_000);
  const by = await stop.asked;
  clearInterval(alive);
  say(`\nStopping the services (${by})`);
  await services.stop();
  say('Stopped');
});
