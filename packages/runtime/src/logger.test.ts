import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Returns the output of a process that logs one info and one debug line. */
function printed(options: { level: string; forPeople: boolean }): string {
  const code = `
    import { createLogger } from '${new URL('logger.ts', import.meta.url)}';
    const logger = createLogger(${JSON.stringify({ ...options, name: 'api' })});
    logger.info({ port: 5000 }, 'listening');
    logger.debug('a detail');
  `;
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
}

test('a line for machines is one JSON object', () => {
  const lines = printed({ level: 'info', forPeople: false }).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 30, time: expect.any(Number), name: 'api', port: 5000, msg: 'listening' },
  ]);
});

test('a line for people has a time, a level and a message', () => {
  const lines = printed({ level: 'debug', forPeople: true }).trim().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: listening \{"port":5000\}$/),
    expect.stringMatching(/^\[\d\d:\d\d:\d\d\.\d{3}\] DEBUG: a detail$/),
  ]);
});
