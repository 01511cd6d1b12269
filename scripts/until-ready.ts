import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type LineLogger, seconds } from '@pilotlight/stack';

const ASK_EVERY_MS = 50;
const ANSWER_WITHIN_MS = 2_000;
const SHOW_EVERY_MS = 2_000;

/**
 * Polls `GET /readyz` until it returns 200. Never gives up; the caller also watches whether the api is still running.
 */
export async function untilReady(base: string, log: LineLogger): Promise<void> {
  const startedAt = performance.now();
  let lastResponse = '';
  const ticking = setInterval(() => {
    log(`  waiting for the api, ${seconds(performance.now() - startedAt)}: /readyz ${lastResponse}`);
  }, SHOW_EVERY_MS);
  try {
    for (;;) {
      const answer = await ask(`${base}/readyz`);
      if (answer === null) return;
      lastResponse = answer;
      await delay(ASK_EVERY_MS);
    }
  } finally {
    clearInterval(ticking);
  }
}

/**
 * Returns null for 200, otherwise the response or error. Uses a new connection each time, so that a stuck one blocks
 * nothing.
 */
function ask(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    const settle = (answer: string | null) => {
      clearTimeout(patience);
      resolve(answer);
      request.destroy();
    };
    const request = get(url, { agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        settle(answer.statusCode === 200 ? null : `${answer.statusCode} ${Buffer.concat(chunks)}`),
      );
      answer.on('error', (error) => settle(error.message));
    });
    request.on('error', (error) => settle(error.message));
    const patience = setTimeout(() => settle(`did not answer within ${seconds(ANSWER_WITHIN_MS)}`), ANSWER_WITHIN_MS);
  });
}
