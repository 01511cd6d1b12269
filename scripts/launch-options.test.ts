import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { launchOptions } from './launch-options.ts';
import { ROOT } from './root.ts';

test('demo traffic is on with the sample logs, and off without them or with a database or tokens of the environment', () => {
  expect(launchOptions('start', [])).toMatchObject({ sample: true, demo: true });
  expect(launchOptions('start', ['--no-sample'])).toMatchObject({ sample: false, demo: false });
  for (const name of ['DATABASE_URL', 'API_TOKENS', 'TOKENS_FILE']) {
    vi.stubEnv(name, 'set');
    expect(launchOptions('start', []).demo).toBe(false);
    vi.unstubAllEnvs();
  }
});

test('without flags the data stays in the repository and samples are loaded', () => {
  expect(launchOptions('start', [])).toMatchObject({ dataDir: join(ROOT, '.pilotlight'), sample: true });
});

test('--ephemeral keeps no data, and an invalid port is named', () => {
  expect(launchOptions('start', ['--ephemeral', '--port', '8080'])).toMatchObject({ dataDir: null, port: 8_080 });
  expect(() => launchOptions('start', ['--port', '80a'])).toThrow(
    /--port: expected a number from 1 to 65535, got "80a"/,
  );
});

test('unknown, misplaced and conflicting flags are rejected with the valid ones', () => {
  expect(() => launchOptions('start', ['--prot', '1'])).toThrow(/--port, --data-dir/);
  expect(() => launchOptions('start', ['--json'])).toThrow(/--json is not a flag of "start"/);
  expect(() => launchOptions('services', ['--ephemeral', '--data-dir', 'x'])).toThrow(/use only one/);
});

test('both commands start Elasticsearch only if asked', () => {
  for (const command of ['start', 'services'] as const) {
    expect(launchOptions(command, []).elasticsearch).toBe(false);
    expect(launchOptions(command, ['--elasticsearch']).elasticsearch).toBe(true);
  }
});
