import { buildConsole } from '@pilotlight/console/build';
import { launchChromium, NEEDS_CHROMIUM, openConsole } from '@pilotlight/console/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { choose, fileOf } from '../harness/give-files.ts';
import { suiteSystem } from '../harness/suite-system.ts';

describe.skipIf(NEEDS_CHROMIUM !== '')(`the page Files when a request fails${NEEDS_CHROMIUM}`, () => {
  beforeAll(async () => {
    await buildConsole(() => undefined);
  });
  const running = suiteSystem({ apis: 1, workers: 1 });
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const { id } of await files()) await fetch(`${running.api.url}/api/files/${id}`, { method: 'DELETE' });
  });

  const open = async () => await openConsole(browser, `${running.api.url}/files`);
  const files = async () => {
    const answer = await fetch(`${running.api.url}/api/files`);
    return ((await answer.json()) as { files: { id: string; name: string }[] }).files;
  };

  test('given a cancelled upload whose deletion fails, says that the file is stored, and shows the error as text', async () => {
    const { page } = await open();
    await page.getByText('No file yet').waitFor();
    await page.route('**/api/files/*', async (route) => {
      if (route.request().method() !== 'DELETE') return await route.fallback();
      const problem = { type: 'about:blank', title: 'Away', status: 500, code: 'AWAY', detail: 'no \u202eyawa' };
      await route.fulfill({ status: 500, contentType: 'application/problem+json', json: problem });
    });
    await running.api.kill('SIGSTOP');
    await choose(page, [fileOf('kept.log')]);
    await page.locator('.upload').getByText('storing').waitFor();
    await page.getByRole('button', { name: 'Cancel kept.log' }).click();
    await running.api.kill('SIGCONT');
    await page.locator('.upload').getByText('the file is stored, and its deletion failed').waitFor();
    await page.locator('.upload').getByText('no ⟨U+202E⟩yawa').waitFor();
    expect(await page.getByRole('button', { name: 'Retry kept.log' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Open kept.log' }).waitFor();
    expect(await files()).toHaveLength(1);
  });

  test('given an open file that cannot be read again, shows the error beside its last state', async () => {
    const { page } = await open();
    await choose(page, [fileOf('shop.log')]);
    await page.getByRole('link', { name: 'Open shop.log' }).click();
    await page.getByText('Search its lines').waitFor();
    const { id = '' } = (await files())[0] ?? {};
    // The page also reads the file again by itself, with each change: its requests fail until the button is pressed.
    await page.evaluate("document.addEventListener('click', () => { window.isPressed = true; }, { capture: true })");
    await page.route(`**/api/files/${id}`, async (route) => {
      if (await page.evaluate('window.isPressed')) return await route.fallback();
      await route.fulfill({ status: 500, body: '' });
    });
    await choose(page, [fileOf('other.log')]);
    const detail = page.getByRole('region', { name: 'The open file' });
    await detail.getByRole('alert').getByText('The api answered with an error').waitFor();
    expect(await detail.getByText('Search its lines').isVisible()).toBe(true);
    // By then the page has read the file again for most changes of the upload.
    await page.locator('.upload').filter({ hasText: 'other.log' }).getByText('Invalidated at').waitFor();
    await detail.getByRole('button', { name: 'Try again' }).click();
    await detail.getByRole('alert').waitFor({ state: 'detached' });
    // A read that is under way must not ask the page once it is closed.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
});
