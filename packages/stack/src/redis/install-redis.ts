import { spawn } from 'node:child_process';
import { ServiceUnavailable } from '../errors.ts';
import { type LineLogger, seconds } from '../line-logger.ts';
import { findBinary } from '../process/find-binary.ts';

/** Returns true on a Debian-like system when running as root, otherwise the reason why not. */
export function canInstallRedis(env: NodeJS.ProcessEnv): true | string {
  if (findBinary(['apt-get'], env['PATH']) === null) return 'not a Debian-like system (no apt-get on PATH)';
  if (process.getuid?.() !== 0) return 'installing needs root; run "apt-get install redis-server" as root';
  return true;
}

/** Installs Redis once per process, even if several servers wait for it. */
export async function installRedis(env: NodeJS.ProcessEnv, log: LineLogger): Promise<void> {
  const startedAt = performance.now();
  log('No redis-server on PATH and no Docker: installing redis-server with apt-get, as root on a Debian-like system');
  const ticking = setInterval(
    () => log(`  still installing redis-server (${seconds(performance.now() - startedAt)})`),
    5_000,
  );
  try {
    // A fresh machine has empty or old package lists. Lock::Timeout: another apt-get may be running (our second Redis
    // too).
    const wait = ['-o', 'DPkg::Lock::Timeout=120'];
    await aptGet([...wait, 'update', '--quiet'], env);
    await aptGet([...wait, 'install', '--yes', '--quiet', '--no-install-recommends', 'redis-server'], env);
  } finally {
    clearInterval(ticking);
  }
  log(`Installed redis-server in ${seconds(performance.now() - startedAt)}`);
}

function aptGet(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    // RUNLEVEL=1 keeps the package from starting its own server on the default port.
    const child = spawn('apt-get', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-2_000);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new ServiceUnavailable(`"apt-get ${args.join(' ')}" exited with ${code}:\n${output.trim()}`));
    });
  });
}
