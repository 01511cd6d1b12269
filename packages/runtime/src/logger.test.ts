import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';

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

describe('text of a client', () => {
  /** Forged lines, colours, a cleared line, a bell, C1 controls, text direction, and separators of lines. */
  const HOSTILE = 'x\r\n[00:00:00.000] INFO: forged\u001b[2K\u001b[31m\u0007\u009b1A\u202e\u2028\u2029\u0000\\u001b y';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for them
  const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/;

  function printedHostile(forPeople: boolean): string {
    const code = `
      import { createLogger } from '${new URL('logger.ts', import.meta.url)}';
      const logger = createLogger({ level: 'info', forPeople: ${forPeople}, name: 'api' });
      const text = ${JSON.stringify(HOSTILE)};
      logger.info({ path: text, [text]: text }, text);
      logger.warn({ err: new Error(text) }, 'failed');
    `;
    return execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  }

  test('adds no line and no control character to a line for people', () => {
    const output = printedHostile(true);
    expect(output.replaceAll('\n', '')).not.toMatch(CONTROL);
    const begun = output.split('\n').filter((line) => /^\[\d\d:/.test(line));
    expect(begun).toEqual([expect.stringMatching(/INFO: x/), expect.stringMatching(/WARN: failed/)]);
    expect(output).toContain('\ufffd[2K');
  });

  test('adds no line to the lines for machines, and is read back as it was', () => {
    const lines = printedHostile(false).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: HOSTILE, path: HOSTILE });
    // JSON leaves C1 controls and separators as they are; all others are escaped.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for them
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f]/);
  });
});

test('a process whose log has no reader any more exits', async () => {
  const code = `
    import { createLogger } from '${new URL('logger.ts', import.meta.url)}';
    const logger = createLogger({ level: 'info', forPeople: false, name: 'api' });
    const fill = (lines) => { for (let n = 0; n < lines; n++) logger.info('x'.repeat(1_000)); };
    fill(2_000);
    process.stdin.on('data', () => {
      fill(200);
      process.exit(7);
    });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'readable');
  child.stdout.destroy();
  child.stdin.write('go');
  expect(await once(child, 'exit')).toEqual([7, null]);
});

test('the last lines reach a slow reader before the process exits', async () => {
  const code = `
    import { createLogger } from '${new URL('logger.ts', import.meta.url)}';
    import { endProcess } from '${new URL('end-process.ts', import.meta.url)}';
    const logger = createLogger({ level: 'info', forPeople: false, name: 'api' });
    for (let n = 0; n < 300; n++) logger.info('x'.repeat(1_000));
    logger.error('last');
    endProcess(7);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  // Reads only once all lines are written.
  await once(child.stdout, 'readable');
  child.stdout.setEncoding('utf8');
  const read = (async () => {
    let text = '';
    for await (const part of child.stdout) text += part;
    return text;
  })();
  expect(await once(child, 'exit')).toEqual([7, null]);
  expect((await read).trimEnd().split('\n').at(-1)).toContain('"last"');
});
