import { buildConsole } from '@pilotlight/console/build';
import {
  axeFindings,
  keyboardFindings,
  type ListedPage,
  launchChromium,
  listedPages,
  motionFindings,
  NEEDS_CHROMIUM,
  namelessControls,
  type OpenedConsole,
  openConsole,
  reflowFindings,
  skipsToContent,
  THEMES,
  untilDrawn,
} from '@pilotlight/console/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { suiteSystem } from '../harness/suite-system.ts';
import { uploadIndexed } from '../harness/upload.ts';
import { hostileLogs } from './hostile-logs.ts';

interface Opened extends ListedPage, OpenedConsole {}

describe.skipIf(NEEDS_CHROMIUM !== '')(`every page of the console${NEEDS_CHROMIUM}`, () => {
  beforeAll(async () => {
    await buildConsole(() => undefined);
  });
  const running = suiteSystem({ apis: 1, workers: 1 });
  let browser: Browser;
  const opened: Opened[] = [];

  const open = async (listed: ListedPage): Promise<Opened> => {
    const token = running.system.adminToken;
    const one = await openConsole(browser, `${running.api.url}${listed.path}`, { token });
    await untilDrawn(one.page, listed);
    return { ...listed, ...one };
  };

  beforeAll(async () => {
    const { api } = running;
    await Promise.all(hostileLogs(Date.now()).map(({ name, text }) => uploadIndexed(api, name, text)));
    for (let i = 0; i < 2; i++) {
      await Promise.all([
        ask(api, 'GET', '/api/stats'),
        ask(api, 'GET', '/api/files'),
        ask(api, 'POST', '/api/search', { q: 'cart' }),
      ]);
    }
    browser = await launchChromium();
    const first = await open({ path: '/', title: 'Overview' });
    const others = (await listedPages(first.page)).filter(({ path }) => path !== first.path);
    opened.push(first, ...(await Promise.all(others.map(open))));
  });
  afterAll(() => browser.close());

  /** Runs a check on every page. Returns its findings, each behind the path of its page. */
  const findings = async (check: (page: Page) => Promise<readonly string[]>): Promise<string[]> => {
    const all: string[] = [];
    for (const { path, page } of opened) all.push(...(await check(page)).map((found) => `${path}: ${found}`));
    return all;
  };

  test('by keyboard alone each control is reached once, in order, with a visible focus', async () => {
    expect(opened.length).toBeGreaterThan(4);
    expect(await findings(keyboardFindings)).toEqual([]);
  });

  test('the skip link moves the focus to the content', async () => {
    const skips = (page: Page) => skipsToContent(page).then((does) => (does ? [] : ['the skip link does not work']));
    expect(await findings(skips)).toEqual([]);
  });

  test('each control has a name for screen readers', async () => {
    expect(await findings(namelessControls)).toEqual([]);
  });

  test('nothing scrolls sideways from 360 px to 4K, with double text, or from right to left', async () => {
    expect(await findings(reflowFindings)).toEqual([]);
  });

  test('with reduced motion nothing moves', async () => {
    expect(await findings(motionFindings)).toEqual([]);
  });

  test.each(THEMES)('axe finds nothing in the %s theme', async (colorScheme) => {
    const check = async (page: Page): Promise<readonly string[]> => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      return await axeFindings(page);
    };
    expect(await findings(check)).toEqual([]);
  });

  test('text of users is text, and no page reports a fault', async () => {
    const planted = "document.querySelector('#planted, img[src=x]') !== null || 'planted' in window";
    const check = async (page: Page) => ((await page.evaluate<boolean>(planted)) ? ['markup of a user'] : []);
    expect(await findings(check)).toEqual([]);
    expect(await opened[0]?.page.getByText('<b id=planted>').count()).toBe(1);
    expect(opened.flatMap(({ path, faults }) => faults.map((fault) => `${path}: ${fault}`))).toEqual([]);
  });

  test('the checks find the faults of a page that has them', async () => {
    const { page } = await open({ path: '/', title: 'Overview' });
    await page.evaluate(PLANTED);
    const found = await keyboardFindings(page);
    expect(found).toContainEqual(expect.stringContaining('Tab does not reach button "unreachable"'));
    expect(found).toContainEqual(expect.stringContaining('the focus on button "unseen" cannot be seen'));
    expect(found).toContainEqual(expect.stringContaining('a positive tabindex moves button "first"'));
    expect(found).toContainEqual(expect.stringContaining('something covers the focused button "covered"'));
    expect(await namelessControls(page)).toEqual([expect.stringContaining('a button without a name')]);
    expect((await reflowFindings(page)).length).toBeGreaterThan(2);
    expect(await motionFindings(page)).toHaveLength(2);
    await page.context().close();
  });
});

/** Adds faults to a page, one for each check. */
const PLANTED = `(() => {
  const add = (tag, text, style, tabIndex) => {
    const element = document.createElement(tag);
    element.textContent = text;
    Object.assign(element.style, style);
    if (tabIndex !== undefined) element.tabIndex = tabIndex;
    document.querySelector('main').prepend(element);
    return element;
  };
  add('button', 'unreachable', {}, -1);
  add('button', 'unseen', { outline: 'none' });
  add('button', 'first', {}, 5);
  add('button', '', {});
  add('button', 'covered', { position: 'fixed', top: '0', left: '0', zIndex: '-1' });
  add('div', 'wide', { width: '5000px', transition: 'width 1s' });
  add('div', 'moves', {}).animate([{ opacity: 0 }, { opacity: 1 }], { duration: 1e6 });
})()`;
