import { expect, test } from 'vitest';
import { EXIT_CODES } from './exit-codes.ts';
import { runCommand } from './testing/run-command.ts';

test('--help lists commands, environment, examples and every exit code', async () => {
  const { code, out, err } = await runCommand(['--help']);
  expect(code).toBe(EXIT_CODES.done);
  expect(err).toBe('');
  for (const part of ['reindex', 'PILOTLIGHT_URL', 'PILOTLIGHT_TOKEN', 'npm run pilotlight -- stats --window']) {
    expect(out).toContain(part);
  }
  const section = out.slice(out.indexOf('Exit codes:'), out.indexOf('Examples:'));
  expect(section.match(/^ {2}\d+/gm)?.map(Number)).toEqual(Object.values(EXIT_CODES));
});

test('unknown commands, options and values exit with 2 and name themselves', async () => {
  const cases = [
    [['reindexx'], "unknown command 'reindexx'"],
    [['reindex'], "required option '--to <store>'"],
    [['reindex', '--to', 'mysql'], "'mysql' is invalid. Allowed choices are elasticsearch, postgres"],
    [['reindex', '--to', 'postgres', '--fast'], "unknown option '--fast'"],
  ] as const;
  for (const [args, message] of cases) {
    const { code, err } = await runCommand(args);
    expect(code).toBe(EXIT_CODES.invalid);
    expect(err).toContain(message);
    expect(err).toContain('--help');
  }
});

test('a missing variable exits with 2 and is named', async () => {
  const none = await runCommand(['reindex', '--to', 'postgres']);
  expect(none).toMatchObject({ code: EXIT_CODES.invalid, out: '' });
  expect(none.err).toContain('DATABASE_URL: expected a URL starting with postgres://');
  const half = await runCommand(['reindex', '--to', 'postgres'], { env: { DATABASE_URL: 'postgres://127.0.0.1/x' } });
  expect(half).toMatchObject({ code: EXIT_CODES.invalid, out: '' });
  expect(half.err).toContain('ELASTICSEARCH_URL: expected the URL');
});

test('each command has a description, and examples in its help', async () => {
  const { out } = await runCommand(['--help']);
  const names = [...out.slice(out.indexOf('Commands:'), out.indexOf('Environment:')).matchAll(/^ {2}(\w+) /gm)];
  expect(names.length).toBeGreaterThan(10);
  for (const [, name = ''] of names.filter(([, name]) => name !== 'help')) {
    const help = await runCommand([name, '--help']);
    expect(help.code).toBe(EXIT_CODES.done);
    expect(help.out).toMatch(/Examples:\n {2}\$ .*npm run (-s )?pilotlight -- /);
  }
});
