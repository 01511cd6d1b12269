import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess } from '../process/end-process.ts';
import { commandLineOf } from '../process/identity.ts';

/**
 * Removes `postmaster.pid` if its pid belongs to an unrelated process, as it may after a crash: Postgres refuses to
 * start while a process with that pid exists. If no process has the pid, the file stays, because Postgres uses it to
 * detect whether children of the old server still write. Call only with the cluster locked.
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
    // The file does not exist: the last shutdown was clean.
    return null;
  }
}
