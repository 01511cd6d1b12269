import { newPage } from '@pilotlight/console/testing';
import { median, type Row, rowOfRounds } from '../row.ts';
import type { ConsoleStage } from './stage.ts';

/** A page in which Chromium runs this many times slower is like one on a slow phone. */
const SLOWDOWN = 4;
const LIMIT_MS = { paint: 1_000, interactive: 1_500 };
const LOADS = { quick: 3, full: 9 };

/**
 * Runs in the page before its own scripts. As soon as the live state is shown, it clicks a link of the navigation; `interactiveAt` is
 * when the page shows that it went there, in ms since the navigation began.
 */
const OBSERVER = `(() => {
  const observed = { liveAt: null, interactiveAt: null };
  window.observedOpening = observed;
  const link = () => document.querySelector('nav a[href="/search"]');
  const look = () => {
    if (observed.liveAt === null) {
      const isShown = document.querySelector('main .total') !== null && document.querySelector('[data-connection="live"]') !== null;
      if (!isShown) return;
      observed.liveAt = performance.now();
      link().click();
    } else if (observed.interactiveAt === null && link()?.getAttribute('aria-current') === 'page') {
      observed.interactiveAt = performance.now();
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})()`;

interface Opening {
  readonly paintMs: number;
  readonly liveMs: number;
  readonly interactiveMs: number;
}

/** Measures cold loads of the first page: each has an empty cache of files and of compiled code. */
export async function opening(stage: ConsoleStage): Promise<Row[]> {
  // The first load also starts parts of the browser.
  await open(stage);
  const loads: Opening[] = [];
  for (let i = 0; i < (stage.quick ? LOADS.quick : LOADS.full); i++) loads.push(await open(stage));
  stage.log(`opening: the live state was shown after ${median(loads.map(({ liveMs }) => liveMs)).toFixed(0)} ms`);
  const of = (id: string, limitMs: number, ours: readonly number[]): Row =>
    rowOfRounds(
      { id, unit: 'ms', ours, against: `limit, at ${SLOWDOWN} × CPU slowdown`, theirs: limitMs, goal: 1 },
      'lower',
    );
  return [
    of(
      'first contentful paint',
      LIMIT_MS.paint,
      loads.map(({ paintMs }) => paintMs),
    ),
    of(
      'interactive',
      LIMIT_MS.interactive,
      loads.map(({ interactiveMs }) => interactiveMs),
    ),
  ];
}

async function open({ browser, api }: ConsoleStage): Promise<Opening> {
  const { page } = await newPage(browser, api.url);
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await page.addInitScript(OBSERVER);
  await page.goto(`${api.url}/`);
  await page.locator('nav a[href="/search"][aria-current="page"]').waitFor();
  const opened = await page.evaluate<Opening>(`({
    paintMs: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    liveMs: window.observedOpening.liveAt,
    interactiveMs: window.observedOpening.interactiveAt,
  })`);
  await page.context().close();
  return opened;
}
