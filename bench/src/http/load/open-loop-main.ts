// Sends requests at given instants, whether or not earlier ones are answered, and prints what came of each stream.
import { Exchange } from './exchange.ts';
import type { OpenLoop, Stream } from './open-loop.ts';
import { pathsOf, textOf } from './requests.ts';
import { StreamRecord } from './stream-record.ts';

const { url, streams, seconds } = JSON.parse(process.argv[2] ?? '{}') as OpenLoop;
/** A server that accepts everything would otherwise use up the ports of the machine. */
const MAX_CONNECTIONS = 4_000;
const LAST_ANSWERS_MS = 35_000;

/** The connections of one stream: those without a request, and a count of all. */
class Connections {
  readonly #target = new URL(url);
  readonly #idle: Exchange[] = [];
  #count = 0;

  /** Returns null if too many wait for answers. */
  take(): Exchange | null {
    for (let found = this.#idle.pop(); found !== undefined; found = this.#idle.pop()) {
      if (found.isOpen) return found;
      this.#count--;
    }
    if (this.#count >= MAX_CONNECTIONS) return null;
    this.#count++;
    return new Exchange(this.#target, { hasBody: true });
  }

  release(exchange: Exchange): void {
    if (exchange.isOpen) this.#idle.push(exchange);
    else this.#count--;
  }
}

const began = performance.now() + 20;

/** Sends the requests that are due. The latency counts from the instant at which the request was due, so it includes any delay here. */
async function run({ perSecond, requests }: Stream): Promise<StreamRecord> {
  const { before, after } = textOf(url, requests);
  const nextPath = pathsOf(requests.paths);
  const connections = new Connections();
  const record = new StreamRecord();
  const total = Math.floor(perSecond * seconds);
  for (let next = 0; next < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1_000) * perSecond));
    for (; next < due; next++) {
      const dueMs = (next / perSecond) * 1_000;
      const exchange = connections.take();
      if (exchange === null) {
        record.notSent();
        continue;
      }
      record.sent(performance.now() - began - dueMs);
      exchange.send(before + nextPath() + after, (status) => {
        record.answered(status, dueMs, performance.now() - began - dueMs);
        connections.release(exchange);
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const until = performance.now() + LAST_ANSWERS_MS;
  while (record.isWaiting && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  return record;
}

const records = await Promise.all(
  Object.entries(streams).map(async ([name, stream]) => [name, await run(stream)] as const),
);
console.log(JSON.stringify(Object.fromEntries(records.map(([name, record]) => [name, record.summary()]))));
process.exit(0);
