import { OriginOverloaded } from '@pilotlight/cache-core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { Overload } from './overload.ts';

const refused = new OriginOverloaded(1, 'default');

describe('an overload', () => {
  function overloadAt(): { overload: Overload; clock: { now: number } } {
    const clock = { now: 0 };
    const overload = new Overload(() => clock.now);
    overload.close();
    onTestFinished(() => overload.close());
    return { overload, clock };
  }

  test('is a refused load and an event loop that is behind', () => {
    const { overload, clock } = overloadAt();
    overload.note(refused);
    clock.now = 100;
    expect(overload.isOn).toBe(true);
  });

  test('ends when the event loop comes round', () => {
    const { overload, clock } = overloadAt();
    overload.note(refused);
    clock.now = 100;
    overload.tick();
    expect(overload.isOn).toBe(false);
  });

  test('is not an event loop that is behind without a refused load', () => {
    const { overload, clock } = overloadAt();
    overload.note(new Error('another one'));
    clock.now = 100;
    expect(overload.isOn).toBe(false);
  });

  test('is not a load that was refused more than a second ago', () => {
    const { overload, clock } = overloadAt();
    overload.note(refused);
    clock.now = 1_001;
    expect(overload.isOn).toBe(false);
  });
});

describe('given more loads than the origin can serve soon', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.stop());

  test('some wait, the others get 503 with Retry-After at once, and hits continue', async () => {
    await api.fetch('/api/stats');
    const holder = new pg.Client(api.api.deps.config.databaseUrl);
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query('BEGIN; LOCK TABLE files IN ACCESS EXCLUSIVE MODE');
    const lists = Array.from({ length: 150 }, (_, n) => api.fetch(`/api/files?limit=${n + 1}`));
    const settled: Response[] = [];
    for (const list of lists) void list.then((answer) => settled.push(answer));
    await expect.poll(() => settled.length).toBe(150 - 16 - 96);
    for (const answer of settled) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await answer.json()).toMatchObject({ code: 'ORIGIN_OVERLOADED' });
    }
    expect((await api.fetch('/api/stats')).headers.get('cache-status')).toContain('hit');
    await holder.query('ROLLBACK');
    const statuses = (await Promise.all(lists)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(16 + 96);
  });
});
