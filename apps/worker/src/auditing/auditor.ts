import {
  type Audited,
  type AuditVerdict,
  type CacheManager,
  type Clock,
  type Selector,
  Unreachable,
} from '@pilotlight/cache-core';
import { invalidationsOf, type AuditFinding as StaleAnswer } from '@pilotlight/contracts';
import type { Origin, RecentEvent } from '@pilotlight/origin';
import { type CachedAnswer, type Warmable, warmableOf } from '@pilotlight/recipes';
import type { AuditFindings, InvalidationJournal, Logger } from '@pilotlight/runtime';
import { messageOf } from '../errors.ts';
import type { Budget } from '../warming/budget.ts';
import { OriginHealth } from '../warming/origin-health.ts';
import { type AuditFinding, auditEntry } from './audit-entry.ts';
import { LastAgreed } from './last-agreed.ts';
import { DRAWN_FROM, MAX_AUDITED_KEYS, MAX_REPAIRED } from './limits.ts';
import { weightedSample } from './weighted-sample.ts';

export interface AuditorOptions {
  readonly cache: Pick<CacheManager, 'hotKeys' | 'audits' | 'invalidate'>;
  readonly origin: Origin;
  /** Keeps the findings for people. */
  readonly findings: Pick<AuditFindings, 'record'>;
  readonly journal: Pick<InvalidationJournal, 'record'>;
  readonly logger: Logger;
  /** The answers that can be computed. */
  readonly answers: readonly CachedAnswer[];
  readonly clock: Clock;
  /** The share of the origin's time that audits may use. */
  readonly budget: Budget;
  /** Called after each audit of one entry. */
  readonly onAudited?: (prefix: string, verdict: AuditVerdict) => void;
  /** Returns a random number from 0 to below 1. */
  readonly random: () => number;
}

/**
 * Counts of the entries of one audit by verdict. `skipped` were not compared with the origin, `uncomputable` have no recipe any
 * more.
 */
export type AuditTally = Record<
  'audited' | 'mismatches' | 'inconclusive' | 'gone' | 'skipped' | 'uncomputable',
  number
>;

type Target = Warmable & Parameters<typeof auditEntry>[0];

/** Compares a sample of the served entries with the origin, one after the other, within a share of its time. */
export class Auditor {
  readonly #options: AuditorOptions;
  readonly #health: OriginHealth;
  readonly #lastAgreed: LastAgreed;

  constructor(options: AuditorOptions) {
    const { clock } = options;
    this.#options = options;
    this.#health = new OriginHealth(clock);
    this.#lastAgreed = new LastAgreed(clock);
  }

  /** Runs one audit. Rejects if aborted, or if the demand cannot be read. */
  async audit(signal: AbortSignal): Promise<AuditTally> {
    const { cache, answers, origin, random, logger } = this.#options;
    const tally: AuditTally = { audited: 0, mismatches: 0, inconclusive: 0, gone: 0, skipped: 0, uncomputable: 0 };
    const prefixes = [...new Set(answers.map(({ prefix }) => prefix))];
    const sample = weightedSample(await cache.hotKeys(DRAWN_FROM, prefixes), MAX_AUDITED_KEYS, random);
    const done: Audited[] = [];
    for (const hot of sample) {
      signal.throwIfAborted();
      const warmable = warmableOf(hot, origin, answers);
      if (!warmable) tally.uncomputable++;
      else {
        const audited = await this.#auditOne({ ...warmable, recipe: hot.recipe }, tally);
        if (!audited) continue;
        done.push(audited);
        this.#options.onAudited?.(audited.prefix, audited.verdict);
      }
    }
    await cache.audits.count(done).catch((error: unknown) => {
      if (!(error instanceof Unreachable)) throw error;
      logger.warn(`could not count ${done.length} audits: ${error.message}`);
    });
    if (sample.length > 0) logger.debug(summaryOf(tally, sample.length));
    return tally;
  }

  async #auditOne(target: Target, tally: AuditTally): Promise<Audited | null> {
    const { prefix } = target.recipe;
    const compute = !this.#health.isPaused && !(await this.#options.budget.isSpent());
    const found = await this.#find(target, compute);
    const { verdict, cached } = found;
    if (verdict === 'inconclusive') {
      this.#options.logger.debug(`the audit of ${target.key} is inconclusive: ${found.why}`);
      if (!compute) {
        tally.skipped++;
        return null;
      }
      tally.inconclusive++;
      return { prefix, verdict, staleForMs: null };
    }
    if (verdict === 'gone' || cached === null) {
      tally.gone++;
      return { prefix, verdict, staleForMs: null };
    }
    tally.audited++;
    if (verdict === 'agreed') {
      this.#lastAgreed.note(cached);
      return { prefix, verdict, staleForMs: null };
    }
    tally.mismatches++;
    const staleForMs =
      found.events.length > 0
        ? Math.max(...found.events.map(({ ageMs }) => ageMs))
        : this.#lastAgreed.longestSince(cached);
    if (verdict === 'lost' || verdict === 'unexplained') await this.#repair(target, { ...found, verdict }, staleForMs);
    return { prefix, verdict, staleForMs };
  }

  /** Audits the entry. A failed load makes the finding inconclusive. */
  async #find(target: Target, compute: boolean): Promise<AuditFinding> {
    const { clock, budget } = this.#options;
    let usedMs = 0;
    const load: Warmable['load'] = async (context) => {
      const began = clock.monotonic();
      try {
        return await target.load(context);
      } finally {
        usedMs = clock.monotonic() - began;
      }
    };
    try {
      const found = await auditEntry({ ...target, load }, compute, this.#options);
      if (compute) this.#health.succeeded();
      return found;
    } catch (error) {
      this.#health.failed(error);
      return { verdict: 'inconclusive', cached: null, events: [], why: messageOf(error) };
    } finally {
      if (usedMs > 0) await budget.spend(usedMs);
    }
  }

  /** Logs a violation, and invalidates everything that the lost events should have invalidated. */
  async #repair({ key, recipe }: Target, found: Violation, staleForMs: number): Promise<void> {
    const { cached, events, verdict } = found;
    const { cache, logger } = this.#options;
    const stamp =
      cached && `epoch ${cached.epoch}, position ${cached.asOf}, loaded ${new Date(cached.loadedAt).toISOString()}`;
    const [likeliest] = events;
    const others = events.length > 1 ? ` (or one of ${events.length - 1} more)` : '';
    const why = likeliest
      ? `${nameOf(likeliest)} of ${Math.round(likeliest.ageMs)} ms ago invalidates it, but its invalidation is lost${others}`
      : `it has differed from the origin's answer for ${Math.round(staleForMs)} ms at most, and no event invalidates it`;
    const receipt = await cache.invalidate(likeliest ? invalidationsOfAll(events) : { key });
    this.#options.journal.record(receipt, { kind: 'repair', why: `a served entry was stale: ${key}` });
    const { epoch, asOf } = cached ?? { epoch: null, asOf: null };
    await this.#record({
      at: new Date(this.#options.clock.now()).toISOString(),
      prefix: recipe.prefix,
      key,
      verdict,
      epoch,
      position: asOf,
      stale_for_ms: Math.max(0, Math.round(staleForMs)),
      event: likeliest ? nameOf(likeliest) : null,
      repaired_at: receipt.state === 'applied' ? receipt.position : null,
    });
    const repaired =
      receipt.state === 'applied' ? `invalidated now at position ${receipt.position}` : 'not invalidated yet';
    logger.error(`served a stale entry as fresh: ${key} (${stamp}): ${why}; ${repaired}`);
  }

  /** The finding is in the log, too, so one that cannot be kept is not an error. */
  async #record(finding: StaleAnswer): Promise<void> {
    await this.#options.findings
      .record(finding)
      .catch((error: unknown) => this.#options.logger.warn(`could not keep an audit finding: ${messageOf(error)}`));
  }
}

type Violation = AuditFinding & { readonly verdict: 'lost' | 'unexplained' };

function summaryOf(tally: AuditTally, of: number): string {
  const { audited, mismatches, inconclusive, gone, skipped, uncomputable } = tally;
  const rest = `${inconclusive} inconclusive, ${gone} gone, ${skipped} skipped, ${uncomputable} uncomputable`;
  return `Audited ${audited} of ${of} served entries: ${mismatches} mismatches (${rest})`;
}

const nameOf = ({ event, id }: RecentEvent): string => `${event?.type ?? 'an event of another version'} ${id}`;

/** Returns the selectors of the events, or everything if there are too many events or one that this version cannot read. */
function invalidationsOfAll(events: readonly RecentEvent[]): readonly Selector[] {
  const known = events.flatMap(({ event }) => event ?? []);
  return known.length < events.length || known.length > MAX_REPAIRED ? [{ all: true }] : known.flatMap(invalidationsOf);
}
