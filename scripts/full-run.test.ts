import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
// biome-ignore lint/correctness/useImportExtensions: Node 20 runs the file as it is; its types are in full-run.d.mts
import { outcomeOf, runAll, totalLine } from './full-run.mjs';

const tally = (passed: number, failed: number, skipped = 0, failures: string[] = []) =>
  JSON.stringify({ passed, failed, skipped, failures });

test('given a tally, the outcome of a command has its counts', () => {
  expect(outcomeOf({ code: 0, tally: tally(12, 0, 2) })).toEqual({
    passed: 12,
    failed: 0,
    skipped: 2,
    failures: [],
    problem: null,
  });
  expect(outcomeOf({ code: 1, tally: tally(12, 3) })).toEqual({
    passed: 12,
    failed: 3,
    skipped: 0,
    failures: [],
    problem: null,
  });
});

test.for([
  null,
  '',
  '{',
  '{"passed":1}',
  '{"passed":"1","failed":0,"skipped":0}',
  '{"passed":1,"failed":-1,"skipped":0}',
])('given the tally %j, a command counts as one failure for any exit code', (text) => {
  for (const code of [0, 1, null]) expect(outcomeOf({ code, tally: text })).toMatchObject({ passed: 0, failed: 1 });
});

test('given a tally without failures and a non-zero exit code, a command counts as failed', () => {
  expect(outcomeOf({ code: 134, tally: tally(12, 0) })).toMatchObject({ passed: 12, failed: 1 });
});

test('the total adds the commands up and names skipped tests only if there are some', () => {
  const [one, other] = [
    { passed: 3, failed: 0, skipped: 0 },
    { passed: 4, failed: 1, skipped: 0 },
  ];
  expect(totalLine([one, other])).toBe('7 passed, 1 failed');
  expect(totalLine([one, { ...other, skipped: 2 }])).toBe('7 passed, 1 failed, 2 skipped');
});

const writes = (counts: string, code = 0) => ({
  name: 'a command',
  argv: ['node', '--eval', `fs.writeFileSync(process.env.TALLY_FILE, '${counts}'); process.exitCode = ${code}`],
});
const killed = { name: 'another', argv: ['node', '--eval', "process.kill(process.pid, 'SIGKILL')"] };

async function run(commands: { name: string; argv: string[] }[]) {
  const lines: string[] = [];
  const code = await runAll(commands, { cwd: import.meta.dirname, log: (line: string) => lines.push(line) });
  return { code, lines };
}

test('given a killed command, the next one still runs and the last line counts a failure', async () => {
  const { code, lines } = await run([killed, writes(tally(5, 0))]);
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe('5 passed, 1 failed');
});

test('given a command that cannot be executed, the last line counts a failure', async () => {
  const { code, lines } = await run([{ name: 'none', argv: ['no-such-program'] }]);
  expect({ code, last: lines.at(-1) }).toEqual({ code: 1, last: '0 passed, 1 failed' });
});

test('given commands without a failure, the exit code is 0 and only one line is a total', async () => {
  const { code, lines } = await run([writes(tally(5, 0)), writes(tally(6, 0))]);
  expect(code).toBe(0);
  expect(lines.filter((line) => /\d+ passed, \d+ failed/.test(line))).toEqual(['11 passed, 0 failed']);
});

test('given failed tests in the first command, their names come just before the times and the total', async () => {
  const { lines } = await run([writes(tally(5, 1, 0, ['a.test.ts > holds: expected 1']), 1), writes(tally(6, 0))]);
  expect(lines[0]).toBe('failed: a.test.ts > holds: expected 1');
  expect(lines.at(-1)).toBe('11 passed, 1 failed');
});

test('given a signal during the first command, it stops, the next does not start, and the run fails', async () => {
  // The command asks for the stop itself, then runs until it is stopped.
  const stops = "process.kill(process.ppid, 'SIGINT'); setInterval(() => undefined, 1_000)";
  const commands = [
    { name: 'first', argv: ['node', '--eval', stops] },
    { name: 'second', argv: ['node', '--eval', "console.log('second was started')"] },
  ];
  const program = `
    import { runAll } from './full-run.mjs';
    const code = await runAll(${JSON.stringify(commands)}, { cwd: '.', log: (line) => console.log(line) });
    console.log('exit code ' + code);`;
  const { stdout } = await promisify(execFile)('node', ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
  });
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^first: \d+ s, ended with exit code null/),
    'second: not started after SIGINT',
    '0 passed, 2 failed',
    'exit code 1',
  ]);
});
