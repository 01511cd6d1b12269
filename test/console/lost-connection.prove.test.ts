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

  test('given a lost network, shows since when, and is live again after it', async () => {
    const { page } = await openConsole(browser, `${running.api.url}/`);
    await page.getByText('Live', { exact: true }).waitFor();
    const network = await page.context().newCDPSession(page);
    const set = (offline: boolean) =>
      network.send('Network.emulateNetworkConditions', {
        offline,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: -1,
      });
    await network.send('Network.enable');
    await set(true);
    await page.getByText(/^Disconnected since \d\d:\d\d:\d\d$/).waitFor();
    // The last state is still shown.
    expect(await page.getByText('Everything works.').isVisible()).toBe(true);
    await set(false);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.context().close();
  });

  test('given a stream that cannot be opened, polls', async () => {
    const { page } = await openConsole(browser, `${running.api.url}/`);
    await page.route('**/api/live/events', (route) => route.fulfill({ status: 429, body: '' }));
    await page.reload();
    await page.getByText('Every 5 s').waitFor();
    await page.getByText('Everything works.').waitFor();
    await page.context().close();
  });

  test('given a dead cache server, says since when and what it means, until it is back', async () => {
    const { page } = await openConsole(browser, `${running.api.url}/`);
    await page.getByText('Everything works.').waitFor();
    await running.system.redis.cache.kill();
    await page.getByText(/The cache server is unavailable/).waitFor();
    await page.getByText(/seen since \d\d:\d\d:\d\d/).waitFor();
    await page.getByText(/they are slower, and not stale/).waitFor();
    await running.system.redis.cache.restart();
    await page.getByText('Everything works.').waitFor();
    await page.context().close();
  });
});
