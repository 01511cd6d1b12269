import { buildConsole } from '@pilotlight/console/build';
import {
  axeFindings,
  isTooWide,
  launchChromium,
  NEEDS_CHROMIUM,
  openConsole,
  THEMES,
} from '@pilotlight/console/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteSystem } from '../harness/suite-system.ts';

describe.skipIf(NEEDS_CHROMIUM !== '')(`the overview of the console${NEEDS_CHROMIUM}`, () => {
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

  test('shows a read and an upload as they happen, and no markup of a file name', async () => {
    const { page, faults } = await openConsole(browser, `${running.api.url}/`);
    await page.getByText('Everything works.').waitFor();
    await page.getByText('No file has been uploaded').waitFor();
    await fetch(`${running.api.url}/api/stats`);
    await page.getByText('1 miss', { exact: true }).first().waitFor();

    const name = '<img src=x onerror=alert(1)>.log';
    const body = new FormData();
    body.set('file', new File(['2026-03-01 10:00:00 INFO cart: added lamp\n'], name));
    await fetch(`${running.api.url}/api/upload`, { method: 'POST', body, headers: { prefer: 'wait=30' } });
    await page.getByText(name).waitFor();
    await page.getByText('indexed', { exact: true }).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('asks for a token when an action needs one, and sends it in no URL', async () => {
    const { page } = await openConsole(browser, `${running.api.url}/`);
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    await page.getByRole('button', { name: 'Reset the counts' }).click();
    await page.getByLabel('Token', { exact: true }).fill(running.system.adminToken);
    // The notice ends by itself.
    const notice = page.getByText('The counts of all processes are reset').waitFor();
    await Promise.all([notice, page.getByRole('button', { name: 'Continue' }).click()]);
    expect(urls.join('\n')).not.toContain(running.system.adminToken);
    expect(await page.evaluate<string>('JSON.stringify(localStorage)')).not.toContain(running.system.adminToken);
    await page.context().close();
  });

  test.each(THEMES)('axe finds nothing in the %s theme, and a phone does not scroll sideways', async (theme) => {
    const { page } = await openConsole(browser, `${running.api.url}/?span=15m`, { theme, width: 360 });
    await page.getByText('Everything works.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await page.context().close();
  });
});
