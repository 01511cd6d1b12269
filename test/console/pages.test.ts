import { buildConsole } from '@pilotlight/console/build';
import {
  builtBytes,
  countReceived,
  isTooWide,
  launchChromium,
  listedPages,
  NEEDS_CHROMIUM,
  newPage,
  untilDrawn,
} from '@pilotlight/console/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteSystem } from '../harness/suite-system.ts';
import { uploadText } from '../harness/upload.ts';

const LIMIT_BYTES = { everything: 150_000, firstPage: 60_000 };

// The short part of the suites of the console; `npm run prove` has the others.
describe.skipIf(NEEDS_CHROMIUM !== '')(`the pages of the console${NEEDS_CHROMIUM}`, () => {
  // Before the api starts, which reads the built files.
  beforeAll(async () => {
    await buildConsole(() => undefined);
  });
  const running = suiteSystem({ apis: 1, workers: 1 });
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('all files together are at most 150 kB in Brotli', () => {
    expect(builtBytes()).toBeLessThanOrEqual(LIMIT_BYTES.everything);
  });

  test('the first page receives at most 60 kB and shows an upload; each page opens without a fault', async () => {
    const { url } = running.api;
    const { page, faults } = await newPage(browser, url, { width: 360, token: running.system.adminToken });
    const received = countReceived(page);
    await page.goto(`${url}/`);
    await untilDrawn(page, { title: 'Overview' });
    const bytes = await received();
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(LIMIT_BYTES.firstPage);

    const name = '<img src=x onerror=alert(1)>.log';
    await uploadText(running.api, name, '2026-03-01 10:00:00 INFO cart: added lamp\n');
    await page.getByText(name).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);

    const tooWide: string[] = [];
    for (const listed of await listedPages(page)) {
      await page.goto(`${url}${listed.path}`);
      await untilDrawn(page, listed);
      if (await isTooWide(page)) tooWide.push(listed.path);
    }
    expect(tooWide).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
