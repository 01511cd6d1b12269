import process from 'node:process';
import { SchemaMismatch } from '@pilotlight/origin';
import {
  type Config,
  ConfigError,
  createLogger,
  endProcess,
  keepCompiledModules,
  readConfig,
  shutDownOnSignal,
  startTracing,
  withTraces,
} from '@pilotlight/runtime';
import { AddressUnusable, PortTaken } from './listen.ts';
import { isConsoleBuilt } from './routes/console.ts';
import { startApi } from './start-api.ts';

/** Less than the time after which process managers kill a process. */
const SHUTDOWN_MS = 12_000;

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(config: Config): Promise<void> {
  const logger = createLogger({
    level: config.logLevel,
    forPeople: config.logPretty || process.stdout.isTTY,
    name: 'api',
  });
  keepCompiledModules();
  const tracing = await startTracing(config.tracing, 'api', logger);
  const api = await startApi(config, logger);
  shutDownOnSignal(withTraces(api.shutdown, tracing), { logger, withinMs: SHUTDOWN_MS, onInputEnd: config.parentPipe });
  logger.info(`listening on ${api.url}`);
  logger.info(`the log lines are in ${api.deps.origin.logs.name}`);
  if (!isConsoleBuilt()) logger.info('the console is not built: run "npm run console", then start the api again');
  // With a file of tokens, a token that only the output has would be one too many.
  if (config.adminTokenIsNew && config.tokensFile === null)
    print(`ADMIN_TOKEN is not set; until this process ends it is: ${config.adminToken}`);
  await api.migrated;
}

try {
  // biome-ignore lint/style/noProcessEnv: the one place where the process reads its environment
  await main(readConfig(process.env));
} catch (error) {
  const isForPeople = [ConfigError, PortTaken, AddressUnusable, SchemaMismatch].some((type) => error instanceof type);
  print(error instanceof Error ? `${isForPeople ? error.message : error.stack}` : String(error));
  endProcess(1);
}
