import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from './errors.ts';
import { type LineLogger, seconds } from './line-logger.ts';
import { findBinary } from './process/find-binary.ts';

const OPTIONS = ['DPkg::Lock::Timeout=300', 'Acquire::Retries=5', 'Acquire::http::Timeout=30'] as const;
const WITHIN_MS = 600_000;
/** Maximum time to wait for another program that updates the package lists. */
const LISTS_LOCK_WITHIN_MS = 300_000;
const LISTS_LOCK_RETRY_MS = 1_000;

/** Returns true on a Debian-like system when running as root, otherwise the reason why not. */
export function canInstall(packages: readonly string[], env: NodeJS.ProcessEnv): true | string {
  if (findBinary(['apt-get'], env['PATH']) === null) return 'not a Debian-like system (no apt-get on PATH)';
  if (process.getuid?.() !== 0) return `installing needs root; run "apt-get install ${packages.join(' ')}" as root`;
  return true;
}

/** The last install of this process. Two services that are started together can need the same package. */
let lastInstall: Promise<void> = Promise.resolve();

/**
 * Installs Debian packages, after the other installs of this process. Their services are not started. Rejects with the end of
 * the output of apt-get.
 */
export function installPackages(packages: readonly string[], env: NodeJS.ProcessEnv, log: LineLogger): Promise<void> {
  const install = () => installNow(packages, env, log);
  lastInstall = lastInstall.then(install, install);
  return lastInstall;
}

async function installNow(packages: readonly string[], env: NodeJS.ProcessEnv, log: LineLogger): Promise<void> {
  const names = packages.join(', ');
  const startedAt = performance.now();
  const ticking = setInterval(
    () => log(`  still installing ${names} (${seconds(performance.now() - startedAt)})`),
    5_000,
  );
  try {
    // A fresh machine has empty or old package lists. Lock::Timeout: another apt-get may be running.
    const wait = OPTIONS.flatMap((option) => ['-o', option]);
    await updateLists([...wait, 'update', '--quiet'], env);
    await aptGet([...wait, 'install', '--yes', '--quiet', '--no-install-recommends', ...packages], env);
  } finally {
    clearInterval(ticking);
  }
  log(`Installed ${names} in ${seconds(performance.now() - startedAt)}`);
}

/** Updates the package lists. apt-get waits for the lock of dpkg, but not for the lock of the lists. */
async function updateLists(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const endsAtMs = performance.now() + LISTS_LOCK_WITHIN_MS;
  for (;;) {
    try {
      return await aptGet(args, env);
    } catch (error) {
      const isLocked = error instanceof StackError && /Could not get lock \S*lists/.test(error.message);
      if (!isLocked || performance.now() > endsAtMs) throw error;
    }
    await sleep(LISTS_LOCK_RETRY_MS);
  }
}

function aptGet(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    // RUNLEVEL=1 keeps a package from starting its own server. LC_ALL=C: the error of a held lock is recognised by its text.
    const child = spawn('apt-get', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: WITHIN_MS,
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1', LC_ALL: 'C' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-2_000);
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve();
      const how = signal === null ? `exited with ${code}` : `was ended by ${signal} (limit: ${seconds(WITHIN_MS)})`;
      reject(new StackError('INSTALL_FAILED', `"apt-get ${args.join(' ')}" ${how}:\n${output.trim()}`));
    });
  });
}
