import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { STEP_LIMIT_MS } from './console-pages.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** Returns the path of a Chromium: that of `CHROMIUM_PATH`, or the first on PATH; null if there is none. */
export function chromiumPath(env: NodeJS.ProcessEnv = process.env): string | null {
  const { CHROMIUM_PATH, PATH = '' } = env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  const candidates = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a suite without a Chromium reports behind its name; empty if it runs. */
export const NEEDS_CHROMIUM = needsChromium(process.env);

/** Returns why suites are skipped, or an empty text. With `REQUIRE_SERVICES=all` they are not: they fail at `launchChromium`. */
export function needsChromium(env: NodeJS.ProcessEnv): string {
  const isRequired = env['REQUIRE_SERVICES'] === 'all';
  return isRequired || chromiumPath(env) !== null ? '' : ' (needs chromium on PATH, or CHROMIUM_PATH)';
}

/** Starts a Chromium without a window. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === null) throw new Error('expected chromium on PATH or in CHROMIUM_PATH, got none');
  // Root has no user namespace for the sandbox; the pages come from this machine only.
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  return await chromium.launch({ executablePath, args, timeout: STEP_LIMIT_MS });
}
