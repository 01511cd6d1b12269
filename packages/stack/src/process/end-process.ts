import { isAlive } from './identity.ts';
import { poll } from './poll.ts';

/** Sends a signal; a process that has already gone is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Ends a process in order: `signal`, then SIGKILL once `graceMs` have passed. SIGCONT goes along, because a frozen process
 * (SIGSTOP) takes no other signal. Resolves when it has gone.
 */
export async function endProcess(pid: number, options: { signal: NodeJS.Signals; graceMs: number }): Promise<void> {
  signalProcess(pid, options.signal);
  signalProcess(pid, 'SIGCONT');
  if (await poll(() => !isAlive(pid), { withinMs: options.graceMs })) return;
  signalProcess(pid, 'SIGKILL');
  await poll(() => !isAlive(pid), { withinMs: 10_000 });
}
