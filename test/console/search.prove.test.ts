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
import type { LogFile } from '@pilotlight/contracts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteSystem } from '../harness/suite-system.ts';

const TOKEN = 'search-suite-token-of-the-role-write';
const HOSTILE_NAME = '<img src=x onerror=alert(1)>\u202egnp.log';
const LONG = 'x'.repeat(5_000);

/** One line a minute from 10:00, of which each tenth is an error. */
const SHOP = Array.from({ length: 120 }, (_, n) => {
  const at = new Date(Date.UTC(2026, 2, 1, 10, n)).toISOString();
  return n % 10 === 0 ? `${at} ERROR pay: card declined ${n}` : `${at} INFO cart: added lamp ${n}`;
});

const HOSTILE = [
  '2026-04-01T10:00:00Z INFO web: hostile <script>alert(1)</script><img src=x onerror=alert(2)> <b>bold</b> &amp;',
  '2026-04-01T10:00:01Z ERROR web: hostile \u001b[31mred\u001b[0m \u001b]0;title\u0007admin\u202egnp.exe\u202c \u2066x\u2069',
  '2026-04-01T10:00:02Z WARN <svg/onload=alert(3)>: hostile فشل تسجيل الدخول 10.0.0.7',
  `2026-04-01T10:00:03Z DEBUG web: ${LONG} hostile ${LONG}`,
];

describe.skipIf(NEEDS_CHROMIUM !== '')(`the page Search of the console${NEEDS_CHROMIUM}`, () => {
  beforeAll(async () => {
    await buildConsole(() => undefined);
  });
  const running = suiteSystem({ apis: 1, workers: 1, ownPostgres: true, env: { API_TOKENS: TOKEN } });
  let browser: Browser;
  beforeAll(async () => {
    [browser] = await Promise.all([launchChromium(), upload('shop.log', SHOP), upload(HOSTILE_NAME, HOSTILE)]);
  });
  afterAll(() => browser?.close());

  /** Resolves once the lines of the file can be found. */
  async function upload(name: string, lines: readonly string[]): Promise<void> {
    const body = new FormData();
    body.set('file', new File([`${lines.join('\n')}\n`], name));
    const headers = { prefer: 'wait=60', authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(`${running.api.url}/api/upload`, { method: 'POST', body, headers });
    let { file } = (await answer.json()) as { file: LogFile };
    while (file.status === 'received' || file.status === 'indexing') {
      const found = await fetch(`${running.api.url}/api/files/${file.id}`, { headers });
      ({ file } = (await found.json()) as { file: LogFile });
    }
    expect(file.status).toBe('indexed');
  }

  async function open(query: string, options: OpenOptions = {}) {
    return await openConsole(browser, `${running.api.url}/search${query}`, { token: TOKEN, ...options });
  }

  const rows = (page: Page) => page.locator('tr.line');
  const results = (page: Page) => page.locator('.results');
  const parametersOf = (page: Page) => new URL(page.url()).searchParams;

  /** Presses Tab until the focus is on an element whose label begins so. */
  async function tabTo(page: Page, label: string): Promise<void> {
    const focused = "document.activeElement?.getAttribute('aria-label') ?? ''";
    for (let i = 0; i < 80; i++) {
      if ((await page.evaluate<string>(focused)).startsWith(label)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`expected Tab to reach "${label}"`);
  }

  test('given a query, marks its words, and says how the answer was served', async () => {
    const { page, faults } = await open('');
    await page.getByLabel('Query', { exact: true }).fill('declined');
    await page.keyboard.press('Enter');
    await results(page).getByText('12 lines', { exact: true }).waitFor();
    expect(await page.locator('mark').allTextContents()).toEqual(Array.from({ length: 12 }, () => 'declined'));
    await results(page).getByText('Cache-Status: pilotlight; fwd=miss; stored').waitFor();
    await results(page).getByRole('button', { name: 'Ask again' }).click();
    await results(page).getByText('Hit', { exact: true }).waitFor();
    await results(page)
      .getByText(/computed at \d\d:\d\d:\d\d .* fresh for/)
      .waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('given a level, a service and a page, the URL restores the view', async () => {
    const { page } = await open('?q=lamp');
    await page.getByRole('button', { name: /^INFO/ }).click();
    await page.getByLabel('Service').fill('cart');
    await page.keyboard.press('Enter');
    await results(page).getByText('108 lines').waitFor();
    await page.getByRole('button', { name: 'Older →' }).click();
    await page.getByText('Page 2').waitFor();
    await page.getByText('added lamp 63', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Older →' }).click();
    await page.getByText('Page 3').waitFor();
    await page.getByText('added lamp 1', { exact: true }).waitFor();
    expect(await rows(page).count()).toBe(8);
    await rows(page).last().getByRole('button').click();
    await page.getByText('card declined 0', { exact: true }).waitFor();

    const shared = await open(new URL(page.url()).search);
    await shared.page.getByText('Page 3').waitFor();
    await shared.page.getByText('card declined 0', { exact: true }).waitFor();
    expect(await shared.page.getByLabel('Query', { exact: true }).inputValue()).toBe('lamp');
    expect(await shared.page.getByLabel('Service').inputValue()).toBe('cart');
    expect(await shared.page.getByRole('button', { name: /^INFO/ }).getAttribute('aria-pressed')).toBe('true');
    await shared.page.getByRole('button', { name: '← Newer' }).click();
    await shared.page.getByText('Page 2').waitFor();
    await shared.page.goBack();
    await shared.page.getByText('Page 3').waitFor();
    await shared.page.context().close();
    await page.context().close();
  });

  test('given a drag over the timeline, shows its span; Back shows the one before', async () => {
    const { page } = await open('?service=pay');
    await results(page).getByText('12 lines').waitFor();
    const box = await page.locator('.timeline-bars').boundingBox();
    if (box === null) throw new Error('expected a timeline');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.98, box.y + 30, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=.*to=/);
    await results(page).getByText('6 lines').waitFor();
    expect(parametersOf(page).get('from')).toMatch(/^2026-03-01T10:5\d:00\.000Z$/);
    expect(await page.getByLabel('From').inputValue()).toMatch(/^2026-03-01T10:5\d/);
    await page.goBack();
    await results(page).getByText('12 lines').waitFor();
    await page.context().close();
  });

  test('given the keyboard alone, chooses a span and opens the context of a line', async () => {
    const { page } = await open('?service=pay');
    await results(page).getByText('12 lines').waitFor();
    await tabTo(page, 'Start of the span');
    await page.keyboard.press('PageUp');
    const chosen = await page.locator(':focus').getAttribute('aria-valuetext');
    await page.keyboard.press('Enter');
    await page.waitForURL(/from=/);
    expect(parametersOf(page).get('from')?.replace('T', ' ')).toContain(chosen);
    expect(await page.locator(':focus').getAttribute('role')).toBe('slider');
    await page.locator('.answered[aria-busy=false] tr.line').first().waitFor();
    await tabTo(page, '2026-03-01 11:50:00: context');
    await page.keyboard.press('Enter');
    await page.getByText('added lamp 111', { exact: true }).waitFor();
    expect(await page.locator('.context li').count()).toBe(20);
    await page.context().close();
  });

  test('given a live tail, shows an uploaded line, pauses, and says how many lines were left out', async () => {
    const { page } = await open('?live=1&q=tailed');
    await page.locator('.tail').getByText('Live', { exact: true }).waitFor();
    await upload('tail.log', ['2026-05-01T10:00:00Z WARN web: tailed <b>one</b>']);
    await page.locator('.tail').getByText('tailed <b>one</b>').waitFor();
    await page.locator('.tail').getByRole('button', { name: 'Pause' }).click();
    await upload(
      'more.log',
      Array.from({ length: 130 }, (_, n) => `2026-05-01T11:00:00Z INFO web: tailed ${n}`),
    );
    await page.getByText('100 since the pause').waitFor();
    expect(await page.locator('.tail tr.line').count()).toBe(1);
    await page.locator('.tail').getByRole('button', { name: 'Continue' }).click();
    await page.getByText(/^30 lines were left out: a live tail shows the newest 100/).waitFor();
    await page.locator('.tail').getByText('tailed 129').waitFor();
    await page.context().close();
  });

  test('given hostile lines and a hostile file name, shows them as text', async () => {
    const { page, faults } = await open('?q=hostile&level=INFO&level=ERROR&level=WARN&sort=oldest');
    await page.getByText('<script>alert(1)</script><img src=x onerror=alert(2)>').waitFor();
    await rows(page).first().getByRole('button').click();
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    await page.locator('.context li').nth(3).waitFor();
    expect(await page.locator('.page img, .page script, .page b, .page svg[onload]').count()).toBe(0);
    expect(await page.locator('.line .control').allTextContents()).toEqual(
      expect.arrayContaining(['ESC', 'BEL', 'U+202E', 'U+202C', 'U+2066', 'U+2069']),
    );
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test.each(THEMES)('axe finds nothing in the %s theme, and a phone does not scroll sideways', async (theme) => {
    const { page } = await open('?q=hostile&live=1', { theme, width: 360 });
    await rows(page).nth(3).waitFor();
    await page.getByRole('button', { name: 'Syntax' }).click();
    await rows(page).first().getByRole('button').click();
    await page.locator('.context li').nth(3).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await page.evaluate("document.documentElement.style.fontSize = '200%'");
    expect(await isTooWide(page)).toBe(false);
    await page.context().close();
  });

  test('given a query that cannot be parsed, shows the error at its place', async () => {
    const { page } = await open('?q=card+AND+(declined');
    await page.getByText('The query cannot be read: expected a ")" that closes the "("').waitFor();
    expect(await page.locator('.query-at').textContent()).toBe('(');
    expect(await page.getByLabel('Query', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await page.getByText('Correct the query above.').waitFor();
    await page.context().close();
  });

  test('without a token, asks for one and then shows the lines', async () => {
    const { page } = await openConsole(browser, `${running.api.url}/search?q=declined`);
    await page.getByText('A token is needed', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Use a token' }).click();
    await page.getByLabel('Token', { exact: true }).fill(TOKEN);
    await page.getByRole('button', { name: 'Continue' }).click();
    await results(page).getByText('12 lines').waitFor();
    expect(await rows(page).count()).toBe(12);
    await page.context().close();
  });

  test('with Postgres killed, says so, and finds the lines after its restart', async () => {
    const { page } = await open('?q=declined');
    await results(page).getByText('12 lines').waitFor();
    const { postgres } = running.system;
    await postgres?.kill('SIGKILL');
    await page.getByLabel('Query', { exact: true }).fill('added');
    await page.keyboard.press('Enter');
    await results(page).getByText('The api answered with an error').waitFor();
    await postgres?.restart();
    await expect
      .poll(async () => {
        const retry = results(page).getByRole('button', { name: 'Try again' });
        if (await retry.isVisible()) await retry.click();
        return await results(page).getByText('108 lines').isVisible();
      })
      .toBe(true);
    await page.context().close();
  });
});
