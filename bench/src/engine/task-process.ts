import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Session, TaskName, TaskOptions } from './tasks/tasks.ts';

const MAIN = fileURLToPath(import.meta.resolve('./tasks/task-main.ts'));

/** A task's session in a separate process: its methods, called over a pipe. */
export interface TaskProcess<Name extends TaskName> {
  call<Method extends keyof Session<Name> & string>(
    method: Method,
    ...args: Session<Name>[Method] extends (...args: infer Args) => unknown ? Args : never
  ): Promise<Session<Name>[Method] extends (...args: never) => infer Result ? Awaited<Result> : never>;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Runs a task on the same Node with its own heap and without code of other contenders. */
export async function startTask<Name extends TaskName>(
  name: Name,
  options: TaskOptions<Name>,
  flags: readonly string[] = [],
): Promise<TaskProcess<Name>> {
  const child = spawn(process.execPath, [...flags, MAIN, name], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const ask = asker(child, name);
  await ask('open', [options]);
  return {
    call: (method, ...given) => ask(method, given) as never,
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect(); // The process closes its session and exits.
      const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await once(child, 'exit');
      clearTimeout(late);
    },
  };
}

function asker(child: ChildProcess, name: string): (method: string, args: unknown[]) => Promise<unknown> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  child.on('message', ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(`${name}: ${error}`));
  });
  const gone = (why: unknown) => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} exited before it answered: ${String(why)}`));
    waiting.clear();
  };
  child.once('error', gone);
  child.once('exit', (code, signal) => gone(signal ?? code));
  return (method, args) => {
    const asked = Promise.withResolvers<unknown>();
    waiting.set(++last, asked);
    child.send({ id: last, method, args });
    return asked.promise;
  };
}

/** Opens a session, runs one call in it, and ends its process. */
export async function inTask<Name extends TaskName, Result>(
  name: Name,
  options: TaskOptions<Name>,
  use: (task: TaskProcess<Name>) => Promise<Result>,
  flags?: readonly string[],
): Promise<Result> {
  const task = await startTask(name, options, flags);
  try {
    return await use(task);
  } finally {
    await task.stop();
  }
}

/** Does the same with several processes of one task at once. */
export async function inTasks<Name extends TaskName, Result>(
  count: number,
  name: Name,
  options: TaskOptions<Name>,
  use: (tasks: readonly TaskProcess<Name>[]) => Promise<Result>,
): Promise<Result> {
  const starting = Array.from({ length: count }, () => startTask(name, options));
  try {
    return await use(await Promise.all(starting));
  } finally {
    const started = await Promise.allSettled(starting);
    await Promise.all(started.map((task) => task.status === 'fulfilled' && task.value.stop()));
  }
}
