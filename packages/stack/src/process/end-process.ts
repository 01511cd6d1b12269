import { childrenOf } from './children.ts';
import { isAlive } from './identity.ts';
import { poll } from './poll.ts';

/** Sends a signal. A process that has already ended is not an error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Ends a process with `signal`, then with SIGKILL after `graceMs`. Also sends SIGCONT to it and its children, because a
 * frozen process (SIGSTOP) handles no other signal, and Postgres waits for its children. Resolves when the process has
 * ended.
 */
export async function endProcess(pid: number, options: { signal: NodeJS.Signals; graceMs: number }): Promise<void> {
  const children = childrenOf(pid);
  signalProcess(pid, options.signal);
  for (const each of [pid, ...children]) signalProcess(each, 'SIGCONT');
  if (await poll(() => !isAlive(pid), { withinMs: options.graceMs })) return;
  signalProcess(pid, 'SIGKILL');
  await poll(() => !isAlive(pid), { withinMs: 10_000 });
}
