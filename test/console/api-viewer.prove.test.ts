import { launchChromium, NEEDS_CHROMIUM, openConsole } from '@pilotlight/console/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteSystem } from '../harness/suite-system.ts';

/** Reports each refusal of the content security policy to the test. */
const NOTE_REFUSALS = `
  window.refused = [];
  document.addEventListener('securitypolicyviolation', (event) => window.refused.push(event.effectiveDirective));`;

describe.skipIf(NEEDS_CHROMIUM !== '')(`the viewer of the API at /docs${NEEDS_CHROMIUM}`, () => {
  const running = suiteSystem({ apis: 1, workers: 0 });
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test('shows every operation and sends a request, without an error or another server', async () => {
    const { url } = running.api;
    const { page, faults } = await openConsole(browser, `${url}/docs`);
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object> };
    const operations = Object.values(paths).flatMap((item) => Object.keys(item));
    await page.getByRole('heading', { name: 'Pilotlight' }).waitFor();
    await expect.poll(() => page.locator('.opblock').count()).toBe(operations.length);
    await page.locator('.opblock', { hasText: '/healthz' }).locator('.opblock-summary-control').click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.locator('.live-responses-table', { hasText: '"status": "live"' }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('control: scripts and requests of others are refused by the policy, and noticed', async () => {
    const { page, faults } = await openConsole(browser, `${running.api.url}/docs`);
    await page.evaluate(NOTE_REFUSALS);
    await page.evaluate(`
      const inline = document.createElement('script');
      inline.textContent = 'window.ran = true';
      document.body.append(inline);
      fetch('http://other.invalid/').catch(() => undefined);`);
    await expect.poll(() => page.evaluate('window.refused')).toEqual(['script-src-elem', 'connect-src']);
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(faults).not.toEqual([]);
    await page.context().close();
  });
});
