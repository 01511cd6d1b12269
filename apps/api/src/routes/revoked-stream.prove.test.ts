import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@pilotlight/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEvents } from '../testing/read-events.ts';
import { asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';

const directory = mkdtempSync(join(tmpdir(), 'pilotlight-tokens-'));
const tokensFile = join(directory, 'tokens');
const TOKENS = { kept: 'k'.repeat(32), revoked: 'r'.repeat(32) };
const lineOf = (name: keyof typeof TOKENS) => `${name} read sha256:${digestOf(TOKENS[name]).toString('hex')}\n`;

let api: TestApi;
beforeAll(async () => {
  writeFileSync(tokensFile, lineOf('kept') + lineOf('revoked'));
  api = await startTestApi({ tokensFile });
});
afterAll(async () => {
  await api.stop();
  rmSync(directory, { recursive: true });
});

const tail = async (name: keyof typeof TOKENS) => {
  const headers = { authorization: `Bearer ${TOKENS[name]}` };
  const reader = readEvents(await api.fetch('/api/search/events', { headers }));
  expect(await reader.next()).toMatchObject({ event: 'open' });
  return reader;
};

test('an open stream ends once its token is removed; that of another token continues', async () => {
  const [kept, revoked] = [await tail('kept'), await tail('revoked')];
  writeFileSync(tokensFile, lineOf('kept'));
  expect(await revoked.next()).toBeNull();
  const uploaded = await api.upload('2026-03-01 10:00:00 ERROR pay: after the removal\n', 'a.log', asAdmin);
  const { file } = (await uploaded.json()) as { file: { id: string } };
  await api.ingest(file.id);
  expect(await kept.next()).toMatchObject({ event: 'line' });
  await kept.close();
});
