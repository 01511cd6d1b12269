import { buildConsole } from '@pilotlight/console/build';
import {
  axeFindings,
  isTooWide,
  launchChromium,
  NEEDS_CHROMIUM,
  type OpenOptions,
  openConsole,
  THEMES,
} from '@pilotlight/console/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { choose, drop, fileOf, LINES } from '../harness/give-files.ts';
import { suiteSystem } from '../harness/suite-system.ts';

/** Uploaded names, and how the page shows them. */
const HOSTILE = {
  '<img src=x onerror=alert(1)>.log': '<img src=x onerror=alert(1)>.log',
  '\u202egol.tpircs\u202c.log': '⟨U+202E⟩gol.tpircs⟨U+202C⟩.log',
  '\u001b[31mred\u001b[0m.log': '⟨U+001B⟩[31mred⟨U+001B⟩[0m.log',
  'שלום سلام.log': 'שלום سلام.log',
  [`${'W'.repeat(251)}.log`]: `${'W'.repeat(251)}.log`,
};
/** Small, so that a file that is too large is sent quickly. */
const MAX_BYTES = 200_000;
/** Of the role `write`. Every page and request of the suite has it, except for the last page. */
const TOKEN = 'a-token-of-the-role-write';

/** An own format has to have one. */
const EXAMPLES = [{ line: '<oops> mail failed', record: { level: 'ERROR', message: 'mail failed' } }];

const rowOf = (page: Page, name: string) => page.locator('.file-row').filter({ hasText: name });

describe.skipIf(NEEDS_CHROMIUM !== '')(`the page Files of the console${NEEDS_CHROMIUM}`, () => {
  beforeAll(async () => {
    await buildConsole(() => undefined);
  });
  const running = suiteSystem({ apis: 1, workers: 1, env: { UPLOAD_MAX_BYTES: String(MAX_BYTES), API_TOKENS: TOKEN } });
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const { id } of await files()) await ask(`/api/files/${id}`, { method: 'DELETE' });
  });

  const open = async (options: OpenOptions = {}) =>
    await openConsole(browser, `${running.api.url}/files`, { token: TOKEN, ...options });
  const ask = async (path: string, init: RequestInit = {}) =>
    await fetch(`${running.api.url}${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}` } });
  const files = async () => {
    const answer = await ask('/api/files');
    return ((await answer.json()) as { files: { id: string; name: string }[] }).files;
  };
  const found = async (q: string): Promise<number> => {
    const answer = await ask('/api/search', { method: 'POST', body: JSON.stringify({ q }) });
    return ((await answer.json()) as { total: number }).total;
  };

  test('an upload is followed to its end, found by a search, and gone once deleted', async () => {
    const { page, faults } = await open();
    await page.getByText('No file yet').waitFor();
    await drop(page, 'shop.log');
    const upload = page.locator('.upload');
    await upload.getByText('Indexed 2 lines as application').waitFor();
    await upload.getByText(/Invalidated at \d/).waitFor();
    await rowOf(page, 'shop.log').getByText('indexed', { exact: true }).waitFor();
    expect(await found('declined')).toBe(1);

    await upload.getByRole('link', { name: 'Open shop.log' }).click();
    await page.getByRole('heading', { name: 'shop.log' }).waitFor();
    await page.locator('.level-counts').getByText('ERROR', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Search its lines' }).click();
    await page.getByText('card declined').first().waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('2 lines and 87 B as uploaded').waitFor();
    await page.getByRole('button', { name: 'Delete the file' }).click();
    await page.getByText(/Every process confirmed within .+ position \d+/).waitFor();
    await page.getByText(/^api .+ confirmed after [\d.]+ [mµ]?s$/).waitFor();
    await page.getByText('No file yet').waitFor();
    expect(await found('declined')).toBe(0);
    expect(new URL(page.url()).search).toBe('');
    expect(faults).toEqual([]);
  });

  test('names full of markup, marks of direction and control characters are text', async () => {
    const { page, faults } = await open({ width: 360 });
    await choose(
      page,
      Object.keys(HOSTILE).map((name) => fileOf(name)),
    );
    for (const shown of Object.values(HOSTILE)) await rowOf(page, shown).getByText('2 lines').waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await isTooWide(page)).toBe(false);
    expect(faults).toEqual([]);
  });

  test('a refused upload shows its reason, and none of it is stored', async () => {
    const { page } = await open();
    await choose(page, [fileOf('large.log', LINES.repeat(4_000)), fileOf('empty.log', '')]);
    const [large, empty] = ['large.log', 'empty.log'].map((name) => page.locator('.upload').filter({ hasText: name }));
    await large?.getByText(`expected a file of at most ${MAX_BYTES} bytes`).waitFor();
    await empty?.getByText('expected a file of at least one byte').waitFor();
    expect(await large?.getByRole('link', { name: 'What to do' }).getAttribute('href')).toBe(
      '/docs/errors#UPLOAD_TOO_LARGE',
    );
    expect(await files()).toEqual([]);
  });

  test('the options of an upload say how its file is read, and an unknown zone is refused', async () => {
    const { page } = await open();
    await page.getByText('Options', { exact: true }).click();
    const [zone, order, format] = [
      'Zone of times that name none',
      'Dates like 03/04/2026',
      'Format that is tried first',
    ];
    await page.getByLabel(zone).fill('Europe/Berlin');
    await page.getByLabel(order).selectOption('dmy');
    await page.getByLabel(format).fill('application');
    await choose(page, [fileOf('options.log', '03/04/2026 10:00:00 INFO cart: added lamp\n')]);
    await rowOf(page, 'options.log').getByText('indexed', { exact: true }).waitFor();
    const read_as = { timezone: 'Europe/Berlin', date_order: 'dmy', format: 'application' };
    expect(await files()).toEqual([expect.objectContaining({ read_as, first_timestamp: '2026-04-03T08:00:00.000Z' })]);

    await page.getByLabel(format).fill('');
    const shape = { name: 'tickets', pattern: '<(?<level>[a-z]{1,9})> (?<message>.*)', levels: { oops: 'ERROR' } };
    await page.getByLabel('Or a format of your own, as JSON').fill(JSON.stringify({ ...shape, examples: EXAMPLES }));
    await choose(page, [fileOf('own.log', '<oops> mail failed\n')]);
    await page.getByText('Indexed 1 line as tickets').waitFor();

    await page.getByLabel(zone).fill('Europe/Atlantis');
    await choose(page, [fileOf('refused.log')]);
    await page.locator('.upload').filter({ hasText: 'refused.log' }).getByText('Europe/Atlantis').waitFor();
    expect(await files()).toHaveLength(2);
  });

  test('an upload that is cancelled leaves no file, and can be sent again', async () => {
    const { page } = await open();
    const network = await page.context().newCDPSession(page);
    const throttle = (uploadThroughput: number) =>
      network.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      });
    await throttle(20_000);
    await choose(page, [fileOf('slow.log', LINES.repeat(2_000))]);
    await page.getByText(/Sent .+ kB, [1-9]\d? %/).waitFor();
    await page.getByRole('button', { name: 'Cancel slow.log' }).click();
    await page.locator('.upload').getByText('cancelled').waitFor();
    await throttle(-1);
    expect(await files()).toEqual([]);
    await page.getByRole('button', { name: 'Retry slow.log' }).click();
    // A file that was stored and deleted meanwhile may be shown until the list is read again.
    await rowOf(page, 'slow.log').getByText('4,000').first().waitFor();
    await expect.poll(async () => (await files()).length).toBe(1);
    await expect.poll(() => rowOf(page, 'slow.log').count()).toBe(1);
  });

  test('an upload that is cancelled while the api stores it is deleted', async () => {
    const { page } = await open();
    await page.getByText('No file yet').waitFor();
    // The kernel takes the bytes, so the browser has sent them all, and the api has read none.
    await running.api.kill('SIGSTOP');
    await choose(page, [fileOf('late.log')]);
    await page.locator('.upload').getByText('storing').waitFor();
    await page.getByRole('button', { name: 'Cancel late.log' }).click();
    await page.locator('.upload').getByText('cancelling').waitFor();
    const deleted = page.waitForResponse((response) => response.request().method() === 'DELETE');
    await running.api.kill('SIGCONT');
    expect((await deleted).status()).toBe(200);
    await page.locator('.upload').getByText('cancelled').waitFor();
    expect(await files()).toEqual([]);
  });

  test('the keyboard alone uploads, opens and deletes', async () => {
    const { page } = await open();
    await page.getByText('No file yet').waitFor();
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files' }).focus();
    await page.keyboard.press('Enter');
    await (await chooser).setFiles([fileOf('keys.log')]);
    await rowOf(page, 'keys.log').getByText('indexed', { exact: true }).waitFor();
    await rowOf(page, 'keys.log').getByRole('link').focus();
    await page.keyboard.press('Enter');
    // The link in the row has the same text as the heading that takes the focus once the file is shown.
    await expect
      .poll(() => page.evaluate("document.activeElement.matches('h2') && document.activeElement.textContent"))
      .toBe('keys.log');
    const isFocused = (text: string) => page.evaluate(`document.activeElement.textContent === ${JSON.stringify(text)}`);
    for (let i = 0; i < 6 && !(await isFocused('Delete')); i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    for (let i = 0; i < 3 && !(await isFocused('Delete the file')); i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toMatch(/Deleted keys\.log/);
    expect(await files()).toEqual([]);
  });

  test('a deletion whose invalidation is pending says so', async () => {
    const { page } = await open();
    await page.route('**/api/files/*', async (route) => {
      if (route.request().method() !== 'DELETE') return await route.fallback();
      const invalidation = { state: 'pending', position: null, receipt_ms: null, processes: [] };
      await route.fulfill({ json: { success: true, invalidation } });
    });
    await choose(page, [fileOf('shop.log')]);
    await page.getByRole('link', { name: 'Open shop.log' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the file' }).click();
    await page.getByText('the invalidation is pending').waitFor();
    expect(await page.locator('.receipt').getAttribute('data-tone')).toBe('warn');
  });

  test('the rules of retention and what they delete next are shown on demand', async () => {
    const { page } = await open({ token: running.system.adminToken });
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('No rule is set: a file stays until it is deleted.').waitFor();
    expect(await page.getByText('Due: 0 files').isVisible()).toBe(true);
  });

  test('the filter is in the URL, and can be removed', async () => {
    const { page } = await open();
    await choose(page, [fileOf('shop.log'), fileOf('web.log')]);
    await rowOf(page, 'shop.log').waitFor();
    await rowOf(page, 'web.log').waitFor();
    await page.getByLabel('A part of the name').fill('SHOP');
    await rowOf(page, 'web.log').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Failed/ }).click();
    await page.getByText('No file matches the filter').waitFor();
    expect(new URL(page.url()).search).toBe('?name=SHOP&state=failed');
    await page.getByRole('button', { name: 'Show all files' }).click();
    await rowOf(page, 'web.log').waitFor();
    expect(await page.getByLabel('A part of the name').inputValue()).toBe('');
  });

  test('an upload of another client appears by itself', async () => {
    const { page } = await open();
    await page.getByText('No file yet').waitFor();
    const body = new FormData();
    body.set('file', new File([LINES], 'other.log'));
    await ask('/api/upload', { method: 'POST', body });
    await rowOf(page, 'other.log').getByText('indexed', { exact: true }).waitFor();
    expect(
      await page
        .getByText(/in [\d.]+ (ms|µs|s)/)
        .first()
        .isVisible(),
    ).toBe(true);
  });

  test.each(THEMES)(
    'axe finds nothing in the %s theme with files and uploads, and a phone is not too wide',
    async (theme) => {
      const { page } = await open({ theme, width: 360 });
      await choose(page, [fileOf('shop.log'), fileOf('empty.log', '')]);
      await page.getByRole('link', { name: 'Open shop.log' }).click();
      await page.locator('.level-counts').waitFor();
      await page.getByText('expected a file of at least one byte, got an empty one', { exact: true }).waitFor();
      expect(await axeFindings(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      expect(await axeFindings(page)).toEqual([]);
    },
  );

  test('without a token, three uploads ask for one once, and then all run', async () => {
    const { page } = await openConsole(browser, `${running.api.url}/files`);
    await page.getByText('The api needs a token with a higher role to list the files.').waitFor();
    await choose(
      page,
      ['a.log', 'b.log', 'c.log'].map((name) => fileOf(name)),
    );
    await page.getByText('upload a.log').waitFor();
    await page.getByLabel('Token', { exact: true }).fill(TOKEN);
    await page.getByRole('button', { name: 'Continue' }).click();
    for (const name of ['a.log', 'b.log', 'c.log'])
      await rowOf(page, name).getByText('indexed', { exact: true }).waitFor();
    expect(await page.locator('dialog[open]').count()).toBe(0);
  });
});
