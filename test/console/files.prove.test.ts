import { buildConsole } from '@pilotlight/console/build';
import { launchChromium, NEEDS_CHROMIUM, openConsole } from '@pilotlight/console/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteSystem } from '../harness/suite-system.ts';

const LINES = '2026-03-01 10:00:00 INFO cart: added lamp\n2026-03-01 10:00:01 ERROR pay: card declined\n';
/** Small, so that a refused file is made quickly. */
const MAX_BYTES = 2_000_000;

describe.skipIf(NEEDS_CHROMIUM !== '')(`the page Files of the console${NEEDS_CHROMIUM}`, () => {
  beforeAll(async () => {
    await buildConsole(() => undefined);
  });
  const running = suiteSystem({ apis: 1, workers: 1, env: { UPLOAD_MAX_BYTES: String(MAX_BYTES) } });
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  const open = (options = {}) => openConsole(browser, `${running.api.url}/files`, options);
  const fileOf = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
  const choose = (page: Page, ...files: ReturnType<typeof fileOf>[]) =>
    page.locator('input[type=file]').setInputFiles(files);
  const found = async (q: string): Promise<number> => {
    const search = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ q }) };
    const answer = await fetch(`${running.api.url}/api/search`, search);
    return ((await answer.json()) as { total: number }).total;
  };

  test('an upload is followed to its end, found by a search, and gone once deleted', async () => {
    const { page, faults } = await open();
    await page.getByText('No file yet').waitFor();
    await choose(page, fileOf('shop.log', LINES));
    const upload = page.locator('.upload');
    await upload.getByText('Indexed 2 lines as application').waitFor();
    await upload.getByText(/Invalidated at \d/).waitFor();
    await page.locator('.file-row').getByText('indexed', { exact: true }).waitFor();
    expect(await found('declined')).toBe(1);

    await upload.getByRole('link', { name: 'Open shop.log' }).click();
    await page.getByRole('heading', { name: 'shop.log' }).waitFor();
    await page.getByText('ERROR', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('2 lines and 87 B as uploaded').waitFor();
    await page.getByRole('button', { name: 'Delete the file' }).click();
    await page.getByText(/Every process confirmed within .+ position \d+/).waitFor();
    await page.getByText('No file yet').waitFor();
    expect(await found('declined')).toBe(0);
    expect(new URL(page.url()).search).toBe('');
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
