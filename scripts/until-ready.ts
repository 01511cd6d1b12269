import { setTimeout as delay } from 'node:timers/promises';
import type { Say } from '@pilotlight/stack';
import { withProgress } from './with-progress.ts';

const ASK_EVERY_MS = 50;

/** Asks `GET /readyz` until it answers 200. Never gives up: whoever waits also watches whether the api still runs. */
export function untilReady(base: string, say: Say): Promise<void> {
  return withProgress('waiting for the api and what it depends on', say, ask(`${base}/readyz`));
}

async function ask(url: string): Promise<void> {
  for (;;) {
    if (await answersOk(url)) return;
    await delay(ASK_EVERY_MS);
  }
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    // It does not listen yet.
    return false;
  }
}
