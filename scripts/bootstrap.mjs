// Entry point of every `npm run …`. It needs only Node 20 and npm. It installs the pinned toolchain if that is missing
// or out of date, then runs the command on the pinned Node. It prints to stderr only, because stdout belongs to the
// command.
import { spawn, spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installWhatIsMissing, isAlive } from './install.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MIN_NODE_MAJOR = 20;
// One Ctrl-C arrives twice, from the terminal and through npm. Signals within this time count as one key press.
const SAME_PRESS_MS = 400;

const COMMANDS = {
  start: ['scripts/start.ts'],
  services: ['scripts/services.ts'],
  test: ['scripts/test.ts'],
  prove: ['scripts/prove.ts'],
  'test:compose': ['scripts/prove.ts', 'test/compose/'],
  check: ['scripts/check.ts'],
  format: ['scripts/format.ts'],
  docs: ['scripts/docs.ts'],
  pictures: ['scripts/pictures.ts'],
  package: ['scripts/package.ts'],
  bench: ['bench/src/main.ts'],
  simulate: ['scripts/simulate.ts'],
  faults: ['scripts/faults.ts'],
  api: ['scripts/api.ts'],
  worker: ['apps/worker/src/worker.ts'],
  console: ['apps/console/build.ts'],
  pilotlight: ['apps/cli/src/main.ts'],
};

const [command = '', ...args] = process.argv.slice(2);
refuseOldNode();
const script = COMMANDS[command];
if (script === undefined) {
  fail(`Unknown command "${command}". Expected one of: ${Object.keys(COMMANDS).join(', ')}.`);
} else {
  try {
    await installWhatIsMissing(ROOT, (line) => process.stderr.write(`${line}\n`));
    run([...script, ...args]);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

function refuseOldNode() {
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= MIN_NODE_MAJOR) return;
  fail(
    `Pilotlight expects Node ${MIN_NODE_MAJOR} or newer, but this is Node ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
  process.exit(1);
}

function run(argv) {
  const binaries = [join(ROOT, 'node_modules', 'node', 'bin'), join(ROOT, 'node_modules', '.bin')];
  const child = spawn(
    join(ROOT, 'node_modules', 'node', 'bin', 'node'),
    argv.map((arg, i) => (i === 0 ? join(ROOT, arg) : arg)),
    {
      cwd: ROOT,
      // Its own session, so that a Ctrl-C reaches it once, through this process.
      detached: true,
      // The pipe closes whenever this process ends, which makes the child stop. The input of a command has its own number.
      stdio: ['pipe', 'inherit', 'inherit', process.env.PARENT_PIPE === '1' ? 'ignore' : 0],
      env: {
        ...process.env,
        PATH: [...binaries, process.env.PATH].join(delimiter),
        PARENT_PIPE: '1',
        INPUT_FD: '3',
        // Most of the first second of every process is the compilation of the same modules.
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(ROOT, 'node_modules', '.cache', 'compiled'),
        PILOTLIGHT_CWD: process.env.INIT_CWD ?? process.cwd(),
      },
    },
  );
  child.stdin.on('error', () => undefined);
  child.once('error', (error) =>
    fail(`The pinned Node could not be executed: ${error.message}. Remove node_modules and try again.`),
  );
  child.once('exit', (code, signal) => endAs(code, signal));
  passSignalsTo(child);
  stopWithParent(child);
}

function passSignalsTo(child) {
  const passedAt = new Map();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - (passedAt.get(signal) ?? Number.NEGATIVE_INFINITY) < SAME_PRESS_MS) return;
      passedAt.set(signal, now);
      child.kill(signal);
    });
  }
}

// A parent killed with -9 sends no signal. A parent that passed a pipe is noticed when the pipe closes; npm is noticed
// when its pid is gone.
function stopWithParent(child) {
  if (process.env.PARENT_PIPE === '1') {
    process.stdin.on('error', () => undefined);
    process.stdin.on('close', () => child.stdin.end()).resume();
  }
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const npm = npmPid(parent);
  setInterval(() => {
    if (process.ppid !== parent || !isAlive(npm)) child.stdin.end();
  }, 250).unref();
}

// npm runs scripts through a shell, which may or may not have replaced itself with this process.
function npmPid(parent) {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(parent)], { encoding: 'utf8' });
  const [, grandparent, name] = stdout?.match(/^\s*(\d+)\s+(\S+)/) ?? [];
  return name !== undefined && /(^|\/)-?(ba|da|z|a|k)?sh$/.test(name) ? Number(grandparent) : parent;
}

function endAs(code, signal) {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function fail(message) {
  process.stderr.write(`\n${message}\n`);
  process.exitCode = 1;
}
