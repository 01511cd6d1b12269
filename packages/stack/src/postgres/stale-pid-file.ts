import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess } from '../process/end-process.ts';
import { commandLineOf } from '../process/identity.ts';

/**
 * Postgres refuses to start while the pid in `postmaster.pid` belongs to anybody, and after a crash that may be a process that
 * has nothing to do with it: then the file goes. Where that process has ended too the file stays, because Postgres finds by it
 * whether any of the old server's children still write. Only for a cluster that is locked for us.
 */
export async function removeStalePidFile(cluster: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const pid = pidIn(file);
  const commandLine = pid === null ? null : commandLineOf(pid);
  if (pid === null || commandLine === null) return;
  if (commandLine.includes(`-D ${cluster} `)) await endProcess(pid, { signal: 'SIGINT', graceMs: 20_000 });
  else rmSync(file, { force: true });
}

function pidIn(file: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isNaN(pid) ? null : pid;
  } catch {
    // There is none: the last stop was in order.
    return null;
  }
}
