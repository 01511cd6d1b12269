import { childrenOf } from '@pilotlight/stack/testing';

/** Signals a server with all of its processes: Postgres has one per connection. */
export function signalServer(pid: number | null, signal: 'SIGSTOP' | 'SIGCONT'): void {
  if (pid === null) return;
  // The parent first, so that it starts no further children.
  sendSignal(pid, signal);
  for (const child of childrenOf(pid)) sendSignal(child, signal);
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has just exited.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
