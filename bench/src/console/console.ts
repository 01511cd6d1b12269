import { launchChromium, NEEDS_CHROMIUM } from '@pilotlight/console/testing';
import { notMeasured, type Row } from '../row.ts';
import type { SuiteOptions } from '../suite.ts';
import { frames } from './frames.ts';
import { opening } from './opening.ts';
import { type ConsoleStage, onConsoleStage } from './stage.ts';
import { streams } from './streams.ts';

const PARTS = { opening, frames, streams } satisfies Record<string, (stage: ConsoleStage) => Promise<Row[]>>;

/**
 * Measures the console in Chromium: how soon it is painted and can be used, how smooth it is while the live state changes, and
 * what open consoles cost the api.
 */
export async function consoleSuite(options: SuiteOptions): Promise<Row[]> {
  const { only = Object.keys(PARTS), log } = options;
  if (NEEDS_CHROMIUM !== '') return [notMeasured('console', NEEDS_CHROMIUM.trim())];
  const browser = await launchChromium();
  try {
    return await onConsoleStage({ ...options, browser }, async (stage) => {
      const rows: Row[] = [];
      for (const [name, part] of Object.entries(PARTS)) {
        if (!only.includes(name)) continue;
        const began = performance.now();
        rows.push(...(await part(stage)));
        log(`${name}: ${((performance.now() - began) / 1_000).toFixed(0)} s`);
      }
      return rows;
    });
  } finally {
    await browser.close();
  }
}
