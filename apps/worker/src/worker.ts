import process from 'node:process';
import {
  ConfigError,
  createLogger,
  endProcess,
  keepCompiledModules,
  readConfig,
  shutDownOnSignal,
  startTracing,
  withTraces,
} from '@pilotlight/runtime';
import { SHUTDOWN_MS } from './limits.ts';
import { createWorkerProcess } from './run-worker.ts';

function configOrExit() {
  try {
    // biome-ignore lint/style/noProcessEnv: the one place where the process reads its environment
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

const config = configOrExit();
const logger = createLogger({ level: config.logLevel, forPeople: config.logPretty, name: 'worker' });
keepCompiledModules();
const tracing = await startTracing(config.tracing, 'worker', logger);
const worker = createWorkerProcess(config, logger);
shutDownOnSignal(withTraces(worker.shutdown, tracing), {
  logger,
  withinMs: SHUTDOWN_MS,
  onInputEnd: config.parentPipe,
});
try {
  await worker.start();
} catch (error) {
  // A shutdown during the start ends the process by itself.
  if (!(error instanceof Error && error.name === 'AbortError')) {
    if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
    else logger.fatal({ err: error }, 'the worker could not start');
    endProcess(1);
  }
}
