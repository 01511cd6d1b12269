import { spawnSync } from 'node:child_process';

/** Signals a server with all of its processes: Postgres has one per connection. */
export function signalServer(pid: number | null, signal: 'SIGSTOP' | 'SIGCONT'): void {
  if (pid === null) return;
  // The parent first, so that it starts no further children.
  sendSignal(pid, signal);
  for (const child of childrenOf(pid)) sendSignal(child, signal);
}

/** Returns the child processes of a process. */
export function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = stdout.trim().split('\n');
  return rows.flatMap((row) => {
    const [child, parent] = row.trim().split(/\s+/).map(Number);
    return child !== undefined && parent === pid ? [child] : [];
  });
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has just exited.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
