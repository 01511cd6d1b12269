import { listedPages, newPage } from '@pilotlight/console/testing';
import type { Page } from 'playwright-core';
import { median, type Row, rowOfRounds } from '../row.ts';
import { startBusyProxy } from './busy-proxy.ts';
import type { ConsoleStage } from './stage.ts';

const EVENTS_PER_SECOND = 100;
const ROUNDS = { quick: 1, full: 3 };
const SAMPLE_MS = 3_000;
/** A frame that takes longer is missed at 60 frames per second. */
const LONG_MS = 20;
/** Frames per second, as a share of those of the empty page. */
const GOAL = 0.95;

const EMPTY_PAGE = `<!doctype html><style>
  @keyframes turn { to { transform: rotate(1turn) } }
  div { width: 50px; height: 50px; background: green; animation: turn 1s linear infinite }
</style><div></div>`;

interface Frames {
  readonly perSecond: number;
  /** Share of the frames that took longer than 20 ms. */
  readonly long: number;
}

/**
 * Measures the frames of each page while 100 events a second change all that it shows, beside those of an empty page with one
 * animation, which is what Chromium reaches here. Both are sampled in turn.
 */
export async function frames(stage: ConsoleStage): Promise<Row[]> {
  const { browser, api, log } = stage;
  const proxy = await startBusyProxy(api.url, EVENTS_PER_SECOND);
  const { page: empty } = await newPage(browser, api.url);
  await empty.setContent(EMPTY_PAGE);
  const { page, faults } = await newPage(browser, proxy.url);
  const rows: Row[] = [];
  try {
    await page.goto(`${proxy.url}/`);
    for (const { path, title } of await listedPages(page)) {
      await page.locator(`nav[aria-label="Pages"] a[href="${path}"]`).click();
      await page.locator('main h1', { hasText: title }).waitFor({ state: 'attached' });
      const ours: Frames[] = [];
      const theirs: Frames[] = [];
      const before = proxy.sent();
      const began = performance.now();
      for (let round = 0; round < (stage.quick ? ROUNDS.quick : ROUNDS.full); round++) {
        theirs.push(await framesOf(empty));
        ours.push(await framesOf(page));
      }
      const sent = ((proxy.sent() - before) / (performance.now() - began)) * 1_000;
      log(
        `frames: ${title}: ${percent(ours)} of the frames took over ${LONG_MS} ms (empty page ${percent(theirs)}), ${sent.toFixed(0)} events/s`,
      );
      rows.push(
        rowOfRounds({
          id: `frames of ${title}, ${EVENTS_PER_SECOND} events/s`,
          unit: 'frames/s',
          ours: ours.map(({ perSecond }) => perSecond),
          against: 'empty page with one animation',
          theirs: theirs.map(({ perSecond }) => perSecond),
          goal: GOAL,
        }),
      );
    }
  } finally {
    await empty.context().close();
    await page.context().close();
    await proxy.stop();
  }
  if (faults.length > 0) throw new Error(`expected no fault of the console, got ${faults.slice(0, 3).join('; ')}`);
  return rows;
}

async function framesOf(page: Page): Promise<Frames> {
  await page.bringToFront();
  return await page.evaluate<Frames>(`new Promise((resolve) => {
    const intervals = [];
    let last = null;
    const began = performance.now();
    const next = (at) => {
      if (last !== null) intervals.push(at - last);
      last = at;
      const passed = performance.now() - began;
      if (passed < ${SAMPLE_MS}) return void requestAnimationFrame(next);
      const sum = intervals.reduce((a, b) => a + b, 0);
      resolve({
        perSecond: (intervals.length / sum) * 1000,
        long: intervals.filter((interval) => interval > ${LONG_MS}).length / intervals.length,
      });
    };
    requestAnimationFrame(next);
  })`);
}

function percent(samples: readonly Frames[]): string {
  return `${(median(samples.map(({ long }) => long)) * 100).toFixed(1)} %`;
}
