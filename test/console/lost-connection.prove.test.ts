import { buildConsole } from '@pilotlight/console/build';
import { launchChromium, NEEDS_CHROMIUM, openConsole } from '@pilotlight/console/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteSystem } from '../harness/suite-system.ts';

describe.skipIf(NEEDS_CHROMIUM !== '')(`the console without its api or its servers${NEEDS_CHROMIUM}`, () => {
  beforeAll(async () => {
    await buildConsole(() => undefined);
  });
  const running = suiteSystem({ apis: 1, workers: 1 });
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('given an api that does not answer, shows since when, and is live again after it', async () => {
    const { page } = await openConsole(browser, `${running.api.url}/`);
    await page.getByText('Everything works.').waitFor();
    await running.api.kill('SIGSTOP');
    try {
      await page.getByText(/^Disconnected since \d\d:\d\d:\d\d$/).waitFor();
      await page.getByText(/^The api has not answered since \d\d:\d\d:\d\d\.$/).waitFor();
      // The last state is still shown, and not as the present one.
      expect(await page.getByRole('heading', { name: 'Latest changes' }).isVisible()).toBe(true);
      expect(await page.getByText('Everything works.').isVisible()).toBe(false);
    } finally {
      await running.api.kill('SIGCONT');
    }
    await page.getByText('Live', { exact: true }).waitFor();
    await page.context().close();
  });

  test('given a stream that cannot be opened, polls', async () => {
    const { page } = await openConsole(browser, `${running.api.url}/`);
    await page.route('**/api/live/events', (route) => route.fulfill({ status: 429, body: '' }));
    await page.reload();
    await page.getByText('Every 5 s').waitFor();
    await page.getByText('Everything works.').waitFor();
    expect(await page.getByText('Everything works.').isVisible()).toBe(true);
    await page.context().close();
  });

  test('given six hidden tabs, a seventh opens, and a hidden one is live again once it is shown', async () => {
    const { page: first } = await openConsole(browser, `${running.api.url}/`);
    const context = first.context();
    const tabs = [first, ...(await Promise.all(Array.from({ length: 5 }, () => context.newPage())))];
    for (const tab of tabs) {
      await tab.goto(`${running.api.url}/`);
      await tab.getByText('Live', { exact: true }).waitFor();
    }
    const closed = tabs.map((tab) =>
      tab.waitForEvent('requestfailed', (one) => one.url().endsWith('/api/live/events')),
    );
    for (const tab of tabs) await tab.evaluate(hide(true));
    await Promise.all(closed);
    const seventh = await context.newPage();
    await seventh.goto(`${running.api.url}/`);
    await seventh.getByText('Live', { exact: true }).waitFor();

    const opened = first.waitForEvent('request', (one) => one.url().endsWith('/api/live/events'));
    await first.evaluate(hide(false));
    expect((await (await opened).response())?.status()).toBe(200);
    await context.close();
  });

  test('given a dead cache server, says since when and what it means, until it is back', async () => {
    const { page } = await openConsole(browser, `${running.api.url}/`);
    await page.getByText('Everything works.').waitFor();
    await running.system.redis.cache.kill('SIGKILL');
    await page.getByText(/^The cache server is unavailable/).waitFor();
    await page.getByText(/since \d\d:\d\d:\d\d \(/).waitFor();
    expect(await page.getByText(/they are slower, and not stale/).isVisible()).toBe(true);
    await running.system.redis.cache.restart();
    await page.getByText('Everything works.').waitFor();
    await page.context().close();
  });
});

/** A browser without a window hides no tab: the page is made to see what it would. */
const hide = (isHidden: boolean): string =>
  `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} });
  document.dispatchEvent(new Event('visibilitychange'))`;
