// `.ci/run`: npm test, then npm run prove, each with its own output; the end lists the failed tests of both, and the last line is the
// sum of both. Needs only Node 20.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const NOT_STARTED = { passed: 0, failed: 1, skipped: 0, failures: [] };

/**
 * The counts of one command. A command that ends without a tally of its own, or whose exit code contradicts it, counts as one
 * more failure.
 *
 * @param {{ code: number | null, tally: string | null }} ended its exit code, and what it wrote
 * @returns {{ passed: number, failed: number, skipped: number, failures: string[], problem: string | null }}
 */
export function outcomeOf({ code, tally }) {
  const counts = countsIn(tally);
  if (counts === null)
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [],
      problem: `ended with exit code ${code} before it wrote a tally of its tests`,
    };
  if (code !== 0 && counts.failed === 0)
    return { ...counts, failed: 1, problem: `counted no failure, but ended with exit code ${code}` };
  return { ...counts, problem: null };
}

function countsIn(tally) {
  try {
    const { passed, failed, skipped, failures = [] } = JSON.parse(tally ?? '');
    return [passed, failed, skipped].every((count) => Number.isSafeInteger(count) && count >= 0)
      ? { passed, failed, skipped, failures }
      : null;
  } catch {
    return null;
  }
}

/** @param {{ passed: number, failed: number, skipped: number }[]} outcomes */
export function totalLine(outcomes) {
  const sum = (name) => outcomes.reduce((total, outcome) => total + outcome[name], 0);
  const skipped = sum('skipped') === 0 ? '' : `, ${sum('skipped')} skipped`;
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped}`;
}

/**
 * Runs every command in turn, even if earlier ones fail, and prints the sum. A signal stops the running command and
 * keeps the others from starting; each of them counts as a failure.
 *
 * @param {{ name: string, argv: string[] }[]} commands
 * @param {{ cwd: string, say: (line: string) => void }} options
 * @returns {Promise<number>} the exit code
 */
export async function runAll(commands, { cwd, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-tally-'));
  const outcomes = [];
  const stop = new AbortController();
  const onSignal = (signal) => stop.abort(signal);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    for (const [i, { name, argv }] of commands.entries()) {
      if (stop.signal.aborted) {
        outcomes.push({ ...NOT_STARTED, line: `${name}: not started after ${stop.signal.reason}` });
        continue;
      }
      const startedAt = performance.now();
      const file = join(folder, `${i}.json`);
      const code = await run(argv, { cwd, tallyFile: file, stop: stop.signal });
      const outcome = outcomeOf({ code, tally: textIn(file) });
      const took = `${((performance.now() - startedAt) / 1000).toFixed(0)} s`;
      outcomes.push({ ...outcome, line: `${name}: ${took}${outcome.problem ? `, ${outcome.problem}` : ''}` });
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    rmSync(folder, { recursive: true, force: true });
  }
  for (const { failures } of outcomes) for (const failure of failures) log(`failed: ${failure}`);
  for (const { line } of outcomes) log(line);
  log(totalLine(outcomes));
  return outcomes.some(({ failed }) => failed > 0) ? 1 : 0;
}

function run([program, ...args], { cwd, tallyFile, stop }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      // The pipe closes whenever this process ends, which makes the command stop.
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...process.env, TALLY_FILE: tallyFile, PARENT_PIPE: '1' },
    });
    child.stdin.on('error', () => undefined);
    const pass = () => child.kill(stop.reason);
    stop.addEventListener('abort', pass);
    const done = (code) => {
      stop.removeEventListener('abort', pass);
      resolve(code);
    };
    child.once('error', (error) => {
      process.stderr.write(`${program} could not be executed: ${error.message}\n`);
      done(null);
    });
    child.once('exit', (code) => done(code));
  });
}

function textIn(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The command ended before it wrote a tally.
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await runAll(
    [
      { name: 'npm test', argv: ['npm', 'test', '--silent'] },
      { name: 'npm run prove', argv: ['npm', 'run', 'prove', '--silent'] },
    ],
    { cwd: ROOT, log: (line) => process.stdout.write(`${line}\n`) },
  );
}
