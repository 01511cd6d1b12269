import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, digestOf, readConfig } from '@pilotlight/runtime';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { type AccessDecision, createAccess, type Right } from './access.ts';

const GIVEN = {
  DATABASE_URL: 'postgres://db/x',
  REDIS_CACHE_URL: 'redis://cache',
  REDIS_QUEUE_URL: 'redis://queue',
  ADMIN_TOKEN: 'the-admin-token-of-tests',
};
const RIGHTS = ['read', 'write', 'admin'] as const;

function accessOf(env: Record<string, string> = {}, overrides: Partial<Config> = {}) {
  const access = createAccess(
    { ...readConfig({ ...GIVEN, ...env }), ...overrides },
    {
      logger: pino({ level: 'silent' }),
      rateLimits: { applyTo: () => false },
      audit: { used: () => undefined },
    },
  );
  onTestFinished(() => access.close());
  return (authorization: string | undefined, right: Right): AccessDecision =>
    access.decideAccess({ headers: authorization === undefined ? {} : { authorization }, socket: {} }, right);
}

function withFile(...lines: string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'tokens');
  writeFileSync(path, lines.join('\n'));
  return accessOf({ TOKENS_FILE: path });
}

const line = (role: string, token: string, options = '') =>
  `${role}er ${role} sha256:${digestOf(token).toString('hex')} ${options}`;
const outcomes = (decide: ReturnType<typeof accessOf>, authorization?: string) =>
  RIGHTS.map((right) => decide(authorization, right).outcome);

test('each role includes the ones before it; a valid token without the right is forbidden', () => {
  const decide = withFile(line('read', 'r'), line('write', 'w'), line('admin', 'a'));
  expect(outcomes(decide, 'Bearer r')).toEqual(['granted', 'forbidden', 'forbidden']);
  expect(outcomes(decide, 'Bearer w')).toEqual(['granted', 'granted', 'forbidden']);
  expect(outcomes(decide, 'bearer  a')).toEqual(['granted', 'granted', 'granted']);
  expect(outcomes(decide, 'Bearer x')).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
  expect(outcomes(decide)).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
  expect(outcomes(decide, `Bearer ${GIVEN.ADMIN_TOKEN}`)).toEqual(['granted', 'granted', 'granted']);
});

test('an expired token is refused, and the answer names it and its expiry', () => {
  const decide = withFile(
    line('admin', 'old', 'expires=2020-01-31'),
    line('read', 'new', `expires=${new Date(Date.now() + 60_000).toISOString()}`),
  );
  expect(outcomes(decide, 'Bearer old')).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
  const refused = decide('Bearer old', 'read');
  expect(refused.outcome !== 'granted' && refused.error.message).toContain('adminer, which expired at 2020-01-31T00');
  expect(decide('Bearer new', 'read').outcome).toBe('granted');
});

test('the digest of a token is not accepted in its place', () => {
  const decide = withFile(line('admin', 'secret'));
  const digest = digestOf('secret');
  for (const text of [digest.toString('hex'), `sha256:${digest.toString('hex')}`, digest.toString('latin1')]) {
    expect(outcomes(decide, `Bearer ${text}`)).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
  }
});

test('without tokens reads and writes are open, and administration is not', () => {
  const decide = accessOf();
  expect(outcomes(decide)).toEqual(['granted', 'granted', 'unauthorized']);
  expect(outcomes(decide, 'Bearer made-up')).toEqual(['granted', 'granted', 'unauthorized']);
  expect(outcomes(decide, `Bearer ${GIVEN.ADMIN_TOKEN}`)).toEqual(['granted', 'granted', 'granted']);
});

test('Basic is accepted for administration only, with the user admin and any admin token', () => {
  const decide = withFile(line('read', 'r'), line('admin', 'a'));
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(outcomes(decide, basic('admin:a'))).toEqual(['unauthorized', 'unauthorized', 'granted']);
  expect(outcomes(decide, basic(`admin:${GIVEN.ADMIN_TOKEN}`))).toEqual(['unauthorized', 'unauthorized', 'granted']);
  expect(decide(basic('admin:r'), 'admin').outcome).toBe('forbidden');
  expect(decide(basic('root:a'), 'admin').outcome).toBe('unauthorized');
});

test('uploads of a token in a file count for its name, and keep counting for it when it is replaced', () => {
  const decide = withFile(line('write', 'one'), line('write', 'two'));
  const uploaderOf = (token: string) => {
    const decision = decide(`Bearer ${token}`, 'write');
    return decision.outcome === 'granted' ? decision.caller.uploader : 'refused';
  };
  expect([uploaderOf('one'), uploaderOf('two')]).toEqual(['name:writeer', 'name:writeer']);
});

test('no message of a refusal contains the credentials', () => {
  const decide = withFile(line('read', 'r-secret'));
  for (const authorization of ['Bearer r-secret', 'Bearer other-secret', `Basic ${btoa('admin:r-secret')}`]) {
    for (const right of RIGHTS) {
      const decision = decide(authorization, right);
      if (decision.outcome === 'granted') continue;
      expect(decision.error.message + JSON.stringify(decision.error.headers)).not.toMatch(/secret/);
    }
  }
});
