// Runs one task: opens its session, answers calls, and ends when the pipe to its parent closes.
import { enableCompileCache } from 'node:module';
import { TASKS, type TaskName } from './tasks.ts';

enableCompileCache(); // Hundreds of processes start in one run, and all compile the same code.

type Methods = Record<string, (...args: unknown[]) => unknown>;
type Open = (options: unknown) => Promise<Methods>;

const name = process.argv[2] as TaskName;
let session: Methods = {};

async function answer(method: string, args: unknown[]): Promise<unknown> {
  if (method === 'open') {
    const open = (await TASKS[name]()) as unknown as Open;
    session = await open(args[0]);
    return null;
  }
  const ask = session[method];
  if (!ask) throw new Error(`expected one of ${Object.keys(session).join(', ')}, got ${method}`);
  return ask(...args);
}

process.on('message', ({ id, method, args }: { id: number; method: string; args: unknown[] }) => {
  answer(method, args).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) =>
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => {
  Promise.resolve(session['close']?.()).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
