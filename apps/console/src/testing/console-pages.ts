import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

export const THEMES = ['light', 'dark'] as const;
/** A phone, a laptop and a large screen, in CSS pixels. */
export const WIDTHS = [360, 1_280, 2_560] as const;

/** Far above what any step takes, also on a busy machine: a limit for what never comes. */
export const STEP_LIMIT_MS = 150_000;

export interface OpenOptions {
  readonly theme?: (typeof THEMES)[number];
  readonly width?: number;
  readonly height?: number;
  /** Kept in the session storage before the page loads, as if a user had given it. */
  readonly token?: string;
}

/** A page, and what its console and the network reported as wrong. */
export interface OpenedConsole {
  readonly page: Page;
  /** Errors of scripts, refusals of the content security policy, and requests to other servers. */
  readonly faults: string[];
}

/** Opens a path of the console in a context of its own: no page shares cookies, storage or cache with another one. */
export async function openConsole(browser: Browser, url: string, options: OpenOptions = {}): Promise<OpenedConsole> {
  const opened = await newPage(browser, url, options);
  await opened.page.goto(url);
  return opened;
}

/** Makes a page like `openConsole`, and opens nothing: the test can listen before the first request. */
export async function newPage(browser: Browser, url: string, options: OpenOptions = {}): Promise<OpenedConsole> {
  const { theme = 'light', width = 1_280, height = 900, token } = options;
  const context = await browser.newContext({
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  if (token !== undefined) {
    await context.addInitScript(`sessionStorage.setItem('pilotlight-token', ${JSON.stringify(token)})`);
  }
  context.setDefaultTimeout(STEP_LIMIT_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  const { origin } = new URL(url);
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) faults.push(`request to another server: ${request.url()}`);
  });
  return { page, faults };
}

/**
 * Writes a screenshot of a path in each theme and width as `{name}-{theme}-{width}.png`.
 *
 * @param ready resolves once the page shows what the picture is of
 * @returns the files, and the pages that are wider than their window
 */
export async function screenshots(
  browser: Browser,
  { url, name, directory, ready, token }: ScreenshotOptions,
): Promise<{ files: string[]; tooWide: string[] }> {
  const files: string[] = [];
  const tooWide: string[] = [];
  for (const theme of THEMES) {
    for (const width of WIDTHS) {
      const { page } = await openConsole(browser, url, { theme, width, ...(token !== undefined && { token }) });
      await ready(page);
      const file = join(directory, `${name}-${theme}-${width}.png`);
      await page.screenshot({ path: file, fullPage: true });
      files.push(file);
      if (await isTooWide(page)) tooWide.push(file);
      await page.context().close();
    }
  }
  return { files, tooWide };
}

export interface ScreenshotOptions {
  readonly url: string;
  readonly name: string;
  readonly directory: string;
  readonly ready: (page: Page) => Promise<unknown>;
  readonly token?: string;
}

/** Returns whether the page scrolls horizontally. */
export async function isTooWide(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
