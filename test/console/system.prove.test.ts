import { buildConsole } from '@pilotlight/console/build';
import {
  axeFindings,
  isTooWide,
  launchChromium,
  NEEDS_CHROMIUM,
  openConsole,
  THEMES,
} from '@pilotlight/console/testing';
import { connectProducer, createLogger, openQueues, type Queues } from '@pilotlight/runtime';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteSystem } from '../harness/suite-system.ts';

describe.skipIf(NEEDS_CHROMIUM !== '')(`the page System of the console${NEEDS_CHROMIUM}`, () => {
  beforeAll(async () => {
    await buildConsole(() => undefined);
  });
  const running = suiteSystem({ apis: 1, workers: 1, env: { API_TOKENS: 'a-token-of-the-system-test' } });
  let browser: Browser;
  let queues: Queues;
  beforeAll(async () => {
    browser = await launchChromium();
    const logger = createLogger({ level: 'fatal', forPeople: false, name: 'test' });
    const connection = connectProducer(running.system.redis.queue.url, logger);
    await new Promise((resolve) => connection.once('ready', resolve));
    queues = openQueues(connection, logger);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), queues.close()]);
  });

  const openSystem = () => openConsole(browser, `${running.api.url}/system`, { token: running.system.adminToken });
  const nothingWrong = (page: Page) => page.getByText('Nothing is wrong.').waitFor();
  const faultOf = (page: Page, kind: string) => page.locator(`[data-fault="${kind}"]`);

  test('without a token it says what needs one', async () => {
    const { page } = await openConsole(browser, `${running.api.url}/system`);
    await page.locator('[data-state="forbidden"]').getByText('A token is needed').waitFor();
    const meaning = page.getByText('The api needs a token with a higher role to read the live state.');
    await meaning.waitFor();
    expect(await meaning.isVisible()).toBe(true);
    await page.context().close();
  });

  test('given a killed worker and a frozen cache server, says since when, what it means and what to do', async () => {
    const { page, faults } = await openSystem();
    await nothingWrong(page);
    await page.getByRole('cell', { name: /^worker/ }).waitFor();
    const { redis, workers } = running.system;
    await workers[0]?.kill('SIGKILL');
    redis.cache.kill('SIGSTOP');
    for (const [kind, what, meaning] of [
      ['silentProcess', /^The worker \d+ on .+ is silent$/, /It was killed, is frozen/],
      ['noWorker', /^No worker runs$/, /nothing is indexed/],
      ['cacheServer', /^The cache server is unavailable/, /slower, and not stale/],
    ] as const) {
      const fault = faultOf(page, kind);
      await fault.locator('.fault-head strong').getByText(what).waitFor();
      expect(await fault.textContent()).toMatch(/since \d\d:\d\d:\d\d \((\d+ min )?\d+ s\)/);
      expect(await fault.textContent()).toMatch(meaning);
      expect(await fault.textContent()).toContain('To do:');
    }
    const hrefs = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.fault a')].map((link) => link.getAttribute('href'))",
    );
    expect(hrefs.length).toBeGreaterThanOrEqual(3);
    const operations = await (await fetch(`${running.api.url}/docs/operations`)).text();
    for (const href of hrefs) expect(operations).toContain(` id="${href.split('#')[1]}"`);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await isTooWide(page)).toBe(false);

    redis.cache.kill('SIGCONT');
    await running.system.addWorker();
    await nothingWrong(page);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('given queues that cannot be read, says since when and why, and shows the last figures', async () => {
    const { page: before } = await openSystem();
    await nothingWrong(before);
    const key = queues.of('maintenance').toKey('failed');
    await queues.connection.set(key, 'not a set of jobs');
    const pages: Page[] = [];
    for (const [open, figures] of [
      [async () => before, 'The page shows the last figures before that.'],
      [async () => (await openSystem()).page, 'The page has no figures of it.'],
    ] as const) {
      const page = await open(); // the second one after the first has shown that a sample failed
      pages.push(page);
      const notice = page.locator('[data-unsampled="queues"]');
      await notice.getByText(/^The api cannot read the queues since \d\d:\d\d:\d\d \((\d+ min )?\d+ s\)\.$/).waitFor();
      await notice.getByText(/^Reason: .*WRONGTYPE/).waitFor();
      await notice.getByText(figures).waitFor();
      expect(await page.getByText('Nothing is wrong.').isVisible()).toBe(false);
      expect(await page.getByRole('table', { name: 'The processes of the service' }).isVisible()).toBe(true);
    }
    expect(await before.getByRole('table', { name: 'The jobs of each queue' }).isVisible()).toBe(true);
    await queues.connection.del(key);
    for (const page of pages) {
      await nothingWrong(page);
      expect(await page.getByRole('table', { name: 'The jobs of each queue' }).isVisible()).toBe(true);
      await page.context().close();
    }
  });

  test('given a poison job, shows its reason, and a confirmed retry runs it again', async () => {
    const { page } = await openSystem();
    await page.getByText('No job is quarantined.').waitFor();
    const queue = queues.of('warming');
    const job = await queue.add('warm-keys', { reason: 'none' }, { jobId: 'poison' });
    const listed = page.getByRole('list', { name: 'Quarantined jobs' });
    await listed.getByText(/does not carry what it should: data.reason/).waitFor();
    await faultOf(page, 'quarantine').getByText('1 job is quarantined', { exact: true }).waitFor();
    await job.updateData({ reason: 'scheduled', prefixes: [] });
    await page.getByRole('button', { name: 'Retry the job poison' }).click();
    await page
      .getByRole('dialog')
      .getByText(/goes back into the queue warming/)
      .waitFor();
    // The notice ends by itself.
    const notice = page.getByText(/^The job warm-keys waits in the queue warming again/).waitFor();
    await Promise.all([notice, page.getByRole('button', { name: 'Retry the job', exact: true }).click()]);
    await page.getByText('No job is quarantined.').waitFor();
    await expect.poll(async () => (await queue.getJob('poison'))?.getState()).toBe('completed');
    await page.context().close();
  });

  test('given a file that cannot be read, shows its name as text and the reason', async () => {
    const { page } = await openSystem();
    await nothingWrong(page);
    const form = new FormData();
    const name = '<img src=x onerror=alert(1)>.log.gz';
    form.set('file', new Blob([new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])]), name);
    const headers = { authorization: `Bearer ${running.system.adminToken}` };
    await fetch(`${running.api.url}/api/upload`, { method: 'POST', body: form, headers });
    const listed = page.getByRole('list', { name: 'Files that could not be read' });
    await listed.getByText(name).waitFor();
    await listed.getByText(/gzip/).last().waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    await page.context().close();
  });
});
