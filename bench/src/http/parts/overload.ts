import type { Row } from '../../row.ts';
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
/** As many requests at once as the api loads from the origin. */
const CAPACITY_CONNECTIONS = 16;
const HITS_PER_SECOND = 1_000;
const ROUNDS = { quick: 1, full: 3 };
/** Longer than the goal of the recovery. */
const SECONDS = { quick: 6, full: 8 };

/** Sends misses at four times the rate that the api can load, in an open loop, alone and together with hits. */
export async function overload(stage: HttpStage): Promise<Row[]> {
  const { api, quick, log } = stage;
  const seconds = quick ? SECONDS.quick : SECONDS.full;
  const paths = new UniquePaths(ABSENT);
  const misses = (): Requests => ({ method: 'GET', headers: stage.headers, paths: paths.next() });
  const hits: Requests = { method: 'GET', headers: stage.headers, paths: { kind: 'list', paths: ['/api/stats'] } };
  const rounds: OverloadRound[] = [];
  for (let round = 1; round <= (quick ? ROUNDS.quick : ROUNDS.full); round++) {
    const capacity = await capacityOf(stage, misses);
    log(`round ${round}: ${Math.round(capacity)} misses/s with ${CAPACITY_CONNECTIONS} connections`);
    const light = { perSecond: capacity * LIGHT };
    const flood = { perSecond: capacity * OVERLOAD };
    const send = openLoop;
    const unloaded = await send({ url: api.url, seconds, streams: { misses: { ...light, requests: misses() } } });
    shown(log, 'unloaded', unloaded.misses);
    const flooded = await send({ url: api.url, seconds, streams: { misses: { ...flood, requests: misses() } } });
    shown(log, '4 × capacity', flooded.misses);
    const after = await send({ url: api.url, seconds, streams: { misses: { ...light, requests: misses() } } });
    shown(log, 'after it', after.misses);
    const hitting = { perSecond: HITS_PER_SECOND, requests: hits };
    const alone = await send({ url: api.url, seconds, streams: { hits: hitting } });
    shown(log, 'hits alone', alone.hits);
    const mixed = await send({
      url: api.url,
      seconds,
      streams: { hits: hitting, misses: { ...flood, requests: misses() } },
    });
    shown(log, 'hits beside 4 × capacity of misses', mixed.hits);
    shown(log, 'those misses', mixed.misses);
    rounds.push({
      unloaded: unloaded.misses,
      flooded: flooded.misses,
      after: after.misses,
      alone: alone.hits,
      mixed: mixed.hits,
    });
  }
  return overloadRows(rounds);
}

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
