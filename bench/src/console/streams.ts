import { ProcessWatch } from '../http/load/process-time.ts';
import { notMeasured, type Row, rowOfRounds } from '../row.ts';
import type { ConsoleStage } from './stage.ts';

const CONSOLES = 10;
const LIMIT_PERCENT = 1;
const ROUNDS = { quick: 1, full: 3 };
const SAMPLE_MS = { quick: 9_000, full: 18_000 };
/** Both samples have this load, so that the live state changes. */
const READ_EVERY_MS = 200;
/** A sample cannot measure less: a tick of the clock of the system is 10 ms. */
const MIN_PERCENT = 0.05;

/** Measures the processor time of the api with ten streams of the live state and without. */
export async function streams(stage: ConsoleStage): Promise<Row[]> {
  const { api, quick, log } = stage;
  const sampleMs = quick ? SAMPLE_MS.quick : SAMPLE_MS.full;
  const costs: number[] = [];
  for (let round = 0; round < (quick ? ROUNDS.quick : ROUNDS.full); round++) {
    const without = await busyPercent(api, sampleMs);
    const open = await openStreams(api.url);
    await pause(sampleMs / 6);
    const beside = await busyPercent(api, sampleMs);
    await open.close();
    if (without === null || beside === null) return [notMeasured('ten open consoles', 'needs /proc')];
    log(`streams: ${beside.toFixed(2)} % of a core with ${CONSOLES} streams, ${without.toFixed(2)} % without`);
    costs.push(Math.max(MIN_PERCENT, beside - without));
  }
  return [
    rowOfRounds(
      {
        id: `api's CPU for ${CONSOLES} open consoles`,
        unit: '% of a core',
        ours: costs,
        against: 'limit',
        theirs: LIMIT_PERCENT,
        goal: 1,
      },
      'lower',
    ),
  ];
}

async function busyPercent({ pid, url }: ConsoleStage['api'], forMs: number): Promise<number | null> {
  const reads = setInterval(() => void fetch(`${url}/api/stats`).then((answer) => answer.arrayBuffer()), READ_EVERY_MS);
  const watch = new ProcessWatch(pid);
  await pause(forMs);
  clearInterval(reads);
  const shares = watch.shares();
  return shares === null ? null : shares.busy * 100;
}

/** Opens the stream that a console reads, ten times. */
async function openStreams(url: string): Promise<{ close(): Promise<void> }> {
  const stop = new AbortController();
  const reading = await Promise.all(
    Array.from({ length: CONSOLES }, async () => {
      const answer = await fetch(`${url}/api/live/events`, { signal: stop.signal });
      if (!answer.ok) throw new Error(`expected a stream of the live state, got ${answer.status}`);
      return discard(answer);
    }),
  );
  return {
    close: async () => {
      stop.abort();
      await Promise.all(reading.map((one) => one.done));
    },
  };
}

function discard(answer: Response): { readonly done: Promise<void> } {
  const read = async (): Promise<void> => {
    for await (const _ of answer.body ?? []);
  };
  // It ends when it is aborted.
  return { done: read().catch(() => undefined) };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
