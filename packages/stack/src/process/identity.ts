import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * Returns whether the process is running. A process that has ended but was not yet reaped by its parent counts as gone.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return procStat(pid)?.state !== 'Z';
}

/**
 * Returns an identity that distinguishes a process from a later one with the same pid: its boot and start time. Returns
 * null if the process is not running.
 */
export function identityOf(pid: number): string | null {
  if (!isAlive(pid)) return null;
  if (!existsSync('/proc/self/stat')) return ps(pid, 'lstart=');
  const stat = procStat(pid);
  if (stat === null) return null;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${stat.startedAtTicks}`;
}

/** Returns the command line of a running process, arguments separated by spaces, or null if it is not running. */
export function commandLineOf(pid: number): string | null {
  if (!isAlive(pid)) return null;
  if (!existsSync('/proc/self/cmdline')) return ps(pid, 'args=');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    // The process ended between the check and the read.
    return null;
  }
}

function procStat(pid: number): { state: string; startedAtTicks: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain anything, so fields are counted from its end: state is field 3, start time is
    // field 22.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startedAtTicks: fields[19] ?? '' };
  } catch {
    // This system has no /proc, or the process has ended.
    return null;
  }
}

function ps(pid: number, column: string): string | null {
  const answer = spawnSync('ps', ['-p', String(pid), '-o', column], { encoding: 'utf8' });
  const text = answer.stdout?.trim() ?? '';
  return text === '' ? null : text;
}
