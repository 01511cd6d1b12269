import type { Row } from '../../row.ts';
import { readAnswer } from '../kept-answer.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { openLoop } from '../load/open-loop.ts';
import type { Requests } from '../load/requests.ts';
import type { StreamSummary } from '../load/stream-record.ts';
import { UniquePaths } from '../load/unique-paths.ts';
import { type OverloadRound, overloadRows } from '../overload-report.ts';
import type { HttpStage } from '../stage.ts';
import { ABSENT } from '../targets.ts';

/** A load below these shares of the capacity is light; the overload is a multiple. */
const LIGHT = 0.2;
const OVERLOAD = 4;
/** As many requests at once as the api loads from the origin and lets wait. */
const CAPACITY_CONNECTIONS = 16;
const HITS_PER_SECOND = 1_000;
const ROUNDS = { quick: 1, full: 3 };
/** Longer than the goal of the recovery. */
const SECONDS = { quick: 6, full: 8 };

/** An entry of ten minutes: with one of a minute, a round would also measure its reload. */
const HIT = '/api/files?limit=1';

/** Sends misses at four times the rate that the api can load, in an open loop, alone and together with hits. */
export async function overload(stage: HttpStage): Promise<Row[]> {
  const { headers, quick, log } = stage;
  const paths = new UniquePaths(ABSENT);
  const misses = (): Requests => ({ method: 'GET', headers, paths: paths.next() });
  const rounds: OverloadRound[] = [];
  for (let round = 1; round <= (quick ? ROUNDS.quick : ROUNDS.full); round++) {
    const capacity = await capacityOf(stage, misses);
    log(`round ${round}: ${Math.round(capacity)} misses/s with ${CAPACITY_CONNECTIONS} connections`);
    rounds.push({ ...(await missesOf(stage, capacity, misses)), ...(await hitsOf(stage, capacity, misses)) });
  }
  return overloadRows(rounds);
}

/** Sends misses alone: few, too many, and few again. */
async function missesOf(
  stage: HttpStage,
  capacity: number,
  misses: () => Requests,
): Promise<Pick<OverloadRound, 'unloaded' | 'flooded' | 'after'>> {
  const send = async (what: string, share: number) => {
    const stream = { perSecond: capacity * share, requests: misses() };
    const sent = await openLoop({ url: stage.api.url, seconds: secondsOf(stage), streams: { misses: stream } });
    shown(stage.log, what, sent.misses);
    return sent.misses;
  };
  const unloaded = await send('unloaded', LIGHT);
  const flooded = await send('4 × capacity', OVERLOAD);
  return { unloaded, flooded, after: await send('after it', LIGHT) };
}

/** Sends hits, alone and beside too many misses. */
async function hitsOf(
  stage: HttpStage,
  capacity: number,
  misses: () => Requests,
): Promise<Pick<OverloadRound, 'alone' | 'mixed'>> {
  const { api, headers, log } = stage;
  const requests: Requests = { method: 'GET', headers, paths: { kind: 'list', paths: [HIT] } };
  await readAnswer(api.url, requests);
  const hits = { perSecond: HITS_PER_SECOND, requests };
  const seconds = secondsOf(stage);
  const alone = await openLoop({ url: api.url, seconds, streams: { hits } });
  shown(log, 'hits alone', alone.hits);
  const flood = { perSecond: capacity * OVERLOAD, requests: misses() };
  const mixed = await openLoop({ url: api.url, seconds, streams: { hits, misses: flood } });
  shown(log, 'hits beside 4 × capacity of misses', mixed.hits);
  shown(log, 'those misses', mixed.misses);
  return { alone: alone.hits, mixed: mixed.hits };
}

const secondsOf = ({ quick }: HttpStage): number => (quick ? SECONDS.quick : SECONDS.full);

async function capacityOf({ api, seconds }: HttpStage, misses: () => Requests): Promise<number> {
  const load = { url: api.url, requests: misses(), connections: CAPACITY_CONNECTIONS, seconds, mayRefuse: true };
  const { perSecond, refused } = await closedLoop(load);
  return perSecond - refused / seconds;
}

function shown(log: HttpStage['log'], what: string, summary: StreamSummary): void {
  const { sent, unsent, accepted, shed, failed, unanswered, acceptedMs, shedMs, lateMs } = summary;
  const ms = (value: number | null) => (value === null ? '-' : `${value.toFixed(1)} ms`);
  log(
    `  ${what}: sent ${sent}, not sent ${unsent}, accepted ${accepted} (p50 ${ms(acceptedMs.p50)}, p99 ${ms(acceptedMs.p99)}), ` +
      `shed ${shed} (p99 ${ms(shedMs.p99)}), failed ${failed}, unanswered ${unanswered}; the generator was ${ms(lateMs.p99)} late at p99`,
  );
}
