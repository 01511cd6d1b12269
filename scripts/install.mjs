import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const SHOW_AFTER_MS = 2_000;

/**
 * Runs the pinned pnpm unless the installed packages match the lockfile. Rejects with an error that says what to do.
 *
 * @param {string} root the repository
 * @param {(line: string) => void} say prints a line for the user
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function installWhatIsMissing(root, log) {
  if (isInstalled(root)) return false;
  const lock = await lockInstall(root, log);
  try {
    // Another process may have installed it while this one waited.
    if (isInstalled(root)) return false;
    await runPnpm(root, log);
    writeFileSync(stampOf(root), fingerprintOf(root));
    return true;
  } finally {
    rmSync(lock, { force: true });
  }
}

function stampOf(root) {
  return join(root, 'node_modules', '.pilotlight-installed');
}

function isInstalled(root) {
  if (!existsSync(stampOf(root)) || !existsSync(join(root, 'node_modules', 'node', 'bin', 'node'))) return false;
  return readFileSync(stampOf(root), 'utf8') === fingerprintOf(root);
}

/** Returns a fingerprint of everything that determines the installed packages. */
function fingerprintOf(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} `);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

async function lockInstall(root, log) {
  const name = `pilotlight-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lock`;
  const file = join(tmpdir(), name);
  for (let isReported = false; ; isReported = true) {
    try {
      const opened = openSync(file, 'wx');
      writeFileSync(opened, String(process.pid));
      closeSync(opened);
      return file;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = pidIn(file);
    if (holder !== null && !isAlive(holder)) rmSync(file, { force: true });
    else {
      if (!isReported) log(`Process ${holder ?? '(starting)'} is already installing; waiting for it`);
      await delay(200);
    }
  }
}

function pidIn(file) {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || null;
  } catch {
    return null;
  }
}

/** Returns whether a process with that pid is running. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function runPnpm(root, log) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const startedAt = performance.now();
  const elapsed = () => `${((performance.now() - startedAt) / 1000).toFixed(0)} s`;
  log(
    `Installing the pinned toolchain and libraries with ${packageManager} (the first time takes about half a minute)`,
  );
  mkdirSync(join(root, 'node_modules'), { recursive: true });

  let output = '';
  let latest = '';
  const ticking = setInterval(
    () => log(`  installing, ${elapsed()}${latest === '' ? '' : `: ${latest}`}`),
    SHOW_AFTER_MS,
  );
  try {
    const code = await new Promise((resolve, reject) => {
      const child = spawn('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--prod=false'], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: process.platform === 'win32',
        // pnpm must not stop to ask.
        env: { ...process.env, CI: 'true' },
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => {
          output = (output + text).slice(-6_000);
          latest =
            text
              .trim()
              .split('\n')
              .filter((line) => line.startsWith('Progress:'))
              .at(-1) ?? latest;
        });
      }
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Error(`it exited with ${code}. The end of its output:\n${output.trim()}`);
  } catch (error) {
    throw new Error(
      `"npx ${packageManager} install" failed: ${error.message}\n\n` +
        'Installing needs npm, network access to the npm registry, and about 1 GB of disk space. Then run the same command again.',
    );
  } finally {
    clearInterval(ticking);
  }
  log(`Installed in ${elapsed()}`);
}
