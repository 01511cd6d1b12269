import { buildConsole } from '@pilotlight/console/build';
import {
  axeFindings,
  isTooWide,
  launchChromium,
  NEEDS_CHROMIUM,
  type OpenOptions,
  openConsole,
  reflowFindings,
  THEMES,
} from '@pilotlight/console/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SystemApi } from '../harness/start-system.ts';
import { suiteSystem } from '../harness/suite-system.ts';

/** Of the role `write`. */
const LESSER_TOKEN = 'a-token-of-the-role-write';
const HOSTILE = '<img src=x onerror=alert(1)>\u202E';
const TABS = ['Endpoints', 'Hot keys', 'Explain', 'Learned times', 'Invalidate', 'Log'];
const ALL_KEYS = 10_000;
/** The part of an explanation whose server does not answer. */
const UNKNOWN = /^unknown: /;

describe.skipIf(NEEDS_CHROMIUM !== '')(`the page Cache of the console${NEEDS_CHROMIUM}`, () => {
  beforeAll(async () => {
    await buildConsole(() => undefined);
  });
  // Without warming, an invalidated answer is loaded by its next reader.
  const running = suiteSystem({ apis: 2, workers: 1, env: { API_TOKENS: LESSER_TOKEN, WARMING_SHARE: '0' } });
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  const headers = () => ({ authorization: `Bearer ${running.system.adminToken}` });
  const read = async ({ url }: SystemApi, body?: object) => {
    const path = body === undefined ? '/api/stats' : '/api/search';
    const request = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, { headers: headers(), ...request });
    await answer.text();
    return answer.headers.get('cache-status') ?? '';
  };
  const open = async ({ url }: SystemApi, path: string, options: OpenOptions = {}) =>
    await openConsole(browser, `${url}${path}`, { token: running.system.adminToken, ...options });
  const explain = async (page: Page, text: string) => {
    await page.getByLabel('Why is this answer cached, or not?').fill(text);
    await page.getByRole('button', { name: 'Explain' }).click();
  };

  test('an invalidation after its preview is in the log of the other api, whose next read misses', async () => {
    const [one, other] = running.apis;
    for (const api of [one, other]) await expect.poll(() => read(api)).toContain('; hit');
    const log = await open(other, '/cache?tab=log');
    await log.page.getByRole('heading', { name: 'Invalidation log' }).waitFor();
    const { page, faults } = await open(one, '/cache?tab=invalidate&by=prefix&target=stats');
    await page.getByRole('button', { name: 'Preview' }).first().click();
    await page.getByText('To invalidate the prefix stats would hit:').waitFor();
    expect(await page.locator('.numbers dd').first().textContent()).toBe('1');
    expect(await read(other)).toContain('; hit');

    await page.getByRole('button', { name: 'Invalidate…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Invalidate', exact: true }).click();
    const title = await page.getByRole('heading', { name: /^Invalidated at position \d+$/ }).textContent();
    const position = title?.replace(/\D/g, '') ?? '';
    const receipts = page.getByRole('list', { name: 'Receipts by process' }).getByRole('listitem');
    expect((await receipts.allTextContents()).map((text) => text.split(' ', 1)[0]).toSorted()).toEqual([
      'api',
      'api',
      'worker',
    ]);
    expect(await read(other)).toContain('fwd=miss');
    const record = log.page.getByRole('listitem').filter({ hasText: `Position ${position}` });
    await record.getByText('with the token env:admin').waitFor();
    await record.getByText('prefix stats').waitFor();
    expect([...faults, ...log.faults]).toEqual([]);
  });

  test('a record that comes before its cause is shown with it later, though nothing else is invalidated', async () => {
    const [api] = running.apis;
    const prefix = { method: 'POST', headers: headers(), body: JSON.stringify({ prefix: 'search' }) };
    expect((await fetch(`${api.url}/api/cache/invalidate`, prefix)).status).toBe(200);
    const { page, faults } = await open(api, '/');
    let reads = 0;
    await page.route('**/api/cache/log*', async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      const records =
        reads++ < 3 ? answer.records.map((one: object) => ({ ...one, cause: null, at: null })) : answer.records;
      await route.fulfill({ response, json: { ...answer, records } });
    });
    await page.goto(`${api.url}/cache?tab=log`);
    await page.getByText('with the token env:admin').first().waitFor();
    expect(reads).toBeGreaterThan(3);
    expect(faults).toEqual([]);
  });

  test('a curl command and the JSON of a search are explained by their keys', async () => {
    const [api] = running.apis;
    await read(api);
    await expect.poll(() => read(api, { q: 'lamp' })).toContain('; hit');
    const { page, faults } = await open(api, '/cache');
    await explain(page, `curl -s ${api.url}/api/stats?cache=true -H 'x-a: b'`);
    // Its entry may be from an earlier test, and end meanwhile: only a read loads it again.
    const isHit = async () => {
      await read(api);
      return await page.getByRole('heading', { name: 'The next read is a hit from memory' }).isVisible();
    };
    await expect.poll(isHit).toBe(true);
    await page.getByRole('img', { name: /loaded .* ago; fresh until .* Memory: served\. Redis: served\./ }).waitFor();
    expect(page.url()).toContain('key=stats%3Aget_stats%3A44136fa355b3678a1146ad16f7e8649e');
    await explain(page, '{"q": "lamp"}');
    await page
      .getByText(/^search:search_logs:/)
      .first()
      .waitFor();
    await page.getByRole('heading', { name: 'The next read is a hit from memory' }).waitFor();
    await explain(page, `{"q": "${HOSTILE}"}`);
    await page.getByRole('heading', { name: 'The next read is a miss: it loads the answer' }).waitFor();
    await explain(page, '/api/stats?levle=INFO');
    await page
      .getByRole('alert')
      .getByText(/levle: expected one of/)
      .waitFor();
    // The refused request is an error of the network to the browser.
    expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
  });

  test('hot keys show text of users as text, without defaults, and narrow by prefix', async () => {
    const [api] = running.apis;
    await read(api);
    await read(api, { q: HOSTILE });
    const { page } = await open(api, '/cache?tab=keys');
    const row = page.getByRole('row').filter({ hasText: '<img src=x onerror=alert(1)>' });
    await row.waitFor();
    expect(await row.textContent()).not.toMatch(/page|sort|context/);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    await page.getByLabel('Prefix').fill('stats');
    await row.waitFor({ state: 'detached' });
    await page.getByRole('row').filter({ hasText: 'stats:get_stats:' }).first().waitFor();
    expect(page.url()).toContain('prefix=stats');
  });

  test('of 10,000 hot keys only those in view are drawn, at every position', async () => {
    const { page } = await open(running.api, '/cache?tab=keys', { width: 360 });
    await page.route('**/api/cache/keys?*', (route) => route.fulfill({ json: pageOfKeys(route.request().url()) }));
    await page.reload();
    await page.getByText('10,000 keys', { exact: true }).waitFor();
    const drawn: number[] = [];
    for (let share = 0; share <= 1; share += 0.1) {
      await page.evaluate(
        `{ const list = document.querySelector('.virtual'); list.scrollTop = list.scrollHeight * ${share}; }`,
      );
      const expected = Math.min(ALL_KEYS - 1, Math.floor(ALL_KEYS * share) + 1);
      await page.getByText(`q number-${expected}`, { exact: true }).waitFor();
      drawn.push(await page.locator('.virtual-body tr').count());
    }
    expect(Math.max(...drawn)).toBeLessThan(60);
    expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe(String(ALL_KEYS + 1));
    expect(await isTooWide(page)).toBe(false);
  });

  test('a list of hot keys that takes longer than until its next read is not begun again', async () => {
    await read(running.api, { q: 'number-0' });
    const { page } = await open(running.api, '/');
    await page.clock.install();
    let lists = 0;
    const answered = Promise.withResolvers<void>();
    await page.route('**/api/cache/keys*', async (route) => {
      lists++;
      await answered.promise;
      await route.continue();
    });
    await page.goto(`${running.api.url}/cache?tab=keys`);
    await expect.poll(() => lists).toBe(1);
    await page.clock.fastForward(20_000);
    answered.resolve();
    await page.locator('.virtual-body tr').first().waitFor();
    expect(lists).toBe(1);
  });

  test('a token of a lesser role sees the counts, and what the other sections need', async () => {
    const { page } = await open(running.api, '/cache', { token: LESSER_TOKEN });
    await page.getByText('from the cache').first().waitFor();
    const refused: string[] = [];
    for (const tab of ['Hot keys', 'Log']) {
      await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: tab }).click();
      await page.getByText('The token does not allow this').waitFor();
      refused.push((await page.locator('.state[data-state="forbidden"]').textContent()) ?? '');
    }
    expect(refused).toEqual([
      expect.stringContaining('to see the hot keys'),
      expect.stringContaining('to see the invalidation log'),
    ]);
  });

  test.each(THEMES)('in the %s theme axe finds nothing in any section, and none scrolls sideways', async (theme) => {
    const { page, faults } = await open(running.api, '/cache?key=stats:get_stats:44136fa355b3678a1146ad16f7e8649e', {
      theme,
      width: 360,
    });
    const found: string[] = [];
    for (const tab of TABS) {
      await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: tab }).click();
      await page.locator('.cache-page .panel, .cache-page .state').first().waitFor();
      await expect.poll(() => page.locator('.skeleton').count()).toBe(0);
      found.push(...(await axeFindings(page)).map((finding) => `${tab}: ${finding}`));
      found.push(...(await reflowFindings(page)).map((finding) => `${tab}: ${finding}`));
    }
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('given a dead cache server, an explanation says which part is unknown', async () => {
    const [api] = running.apis;
    await read(api);
    const { page } = await open(api, '/cache?tab=explain&key=stats:get_stats:44136fa355b3678a1146ad16f7e8649e');
    await page.getByRole('heading', { name: /^The next read / }).waitFor();
    await running.system.redis.cache.kill('SIGKILL');
    await page.getByText(UNKNOWN).first().waitFor();
    // The memory of the process still answers.
    expect(await page.getByRole('heading', { name: 'Memory of this process' }).isVisible()).toBe(true);
    await running.system.redis.cache.restart();
    await page.getByText(UNKNOWN).first().waitFor({ state: 'detached' });
  });
});

/** A page of 10,000 hot keys, more than the api remembers. */
function pageOfKeys(url: string): object {
  const query = new URL(url).searchParams;
  const [limit, cursor] = [Number(query.get('limit')), Number(query.get('cursor'))];
  const keys = Array.from({ length: Math.min(limit, ALL_KEYS - cursor) }, (_, i) => ({
    key: `search:search_logs:${(cursor + i).toString(16).padStart(32, '0')}`,
    name: 'search_logs',
    params: { q: `number-${cursor + i}` },
    ...{ reads: ALL_KEYS - cursor - i, load_ms: 10, saving_ms: 10, warmable: true, fresh_for_ms: 60_000 },
  }));
  const end = cursor + keys.length;
  return { success: true, total: ALL_KEYS, keys, next: end < ALL_KEYS ? String(end) : null };
}
