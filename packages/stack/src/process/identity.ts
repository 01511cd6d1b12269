import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** True while the process runs; one that has ended but was not yet collected by its parent counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return procStat(pid)?.state !== 'Z';
}

/**
 * Tells a process from a later one that was given the same pid: when it started, and in which boot. Null when it does
 * not run.
 */
export function identityOf(pid: number): string | null {
  if (!isAlive(pid)) return null;
  if (!existsSync('/proc/self/stat')) return ps(pid, 'lstart=');
  const stat = procStat(pid);
  if (stat === null) return null;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${stat.startedAtTicks}`;
}

/** The command line of a running process, arguments separated by spaces; null when it does not run. */
export function commandLineOf(pid: number): string | null {
  if (!isAlive(pid)) return null;
  if (!existsSync('/proc/self/cmdline')) return ps(pid, 'args=');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    // It ended between the two looks.
    return null;
  }
}

function procStat(pid: number): { state: string; startedAtTicks: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so fields are counted from its end: state is field 3, start time 22.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startedAtTicks: fields[19] ?? '' };
  } catch {
    // No /proc on this system, or the process has ended.
    return null;
  }
}

function ps(pid: number, column: string): string | null {
  const answer = spawnSync('ps', ['-p', String(pid), '-o', column], { encoding: 'utf8' });
  const text = answer.stdout?.trim() ?? '';
  return text === '' ? null : text;
}
