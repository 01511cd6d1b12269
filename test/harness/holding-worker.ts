// A worker process with the real settings whose jobs never end, so that a test can kill it while it holds one job of
// each queue. With HOLD=0 its jobs end at once. Prints `holding {job}` or `done {job}`.
import process from 'node:process';
import type { Handlers } from '../../apps/worker/src/handler.ts';
import { startWorkers } from '../../apps/worker/src/start-workers.ts';
import { JOBS } from '../../packages/contracts/src/index.ts';
import { connectWorkerConnection, createLogger } from '../../packages/runtime/src/index.ts';

const { REDIS_QUEUE_URL = '', HOLD } = process.env;
const isHolding = HOLD !== '0';
const logger = createLogger({ level: 'silent', forPeople: false, name: 'worker' });

const take = (job: string) => async () => {
  process.stdout.write(`${isHolding ? 'holding' : 'done'} ${job}\n`);
  if (isHolding) await new Promise(() => undefined);
  return {};
};

// One handler per job of the catalogue. The compiler cannot see that these are all of its names.
const handlers = Object.fromEntries(Object.keys(JOBS).map((job) => [job, take(job)])) as unknown as Handlers;

startWorkers({
  connection: connectWorkerConnection(REDIS_QUEUE_URL, logger),
  handlers,
  logger,
  invalidateEverything: async () => undefined,
});
process.stdin.on('close', () => process.exit(0)).resume();
process.stdout.write('Worker ready\n');
