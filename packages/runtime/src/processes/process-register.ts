import { readFileSync } from 'node:fs';
import { type ProcessReport, processReportSchema, type RegisteredProcess } from '@pilotlight/contracts';
import { z } from 'zod';
import type { QueueConnection } from '../queue-connection.ts';

/** One slot of a Redis Cluster. */
const BASE = '{pilotlight:processes}';
const KEYS = [`${BASE}:reports`, `${BASE}:seen`, `${BASE}:started`] as const;
const REPORT = readFileSync(new URL('./report.lua', import.meta.url), 'utf8');
const LIST = readFileSync(new URL('./list.lua', import.meta.url), 'utf8');
/** How long a process that ended without leaving is listed. */
const FORGET_MS = 3_600_000;
/** Three reports. */
const SILENT_MS = 6_000;

/** The queue server is not connected. */
class RegisterUnreachable extends Error {
  constructor() {
    super('the register of processes cannot be used: the queue server is unreachable');
    this.name = 'RegisterUnreachable';
  }
}

/** Stores what each process reports, in the queue server. Its clock decides how old a report is. */
export class ProcessRegister {
  readonly #connection: QueueConnection;
  /** When a command last failed, on the monotonic clock. */
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(connection: QueueConnection) {
    this.#connection = connection;
  }

  async report(id: string, report: ProcessReport): Promise<void> {
    await this.#run((redis) => redis.eval(REPORT, KEYS.length, ...KEYS, id, JSON.stringify(report), FORGET_MS));
  }

  /** Removes a process that ends. */
  async leave(id: string): Promise<void> {
    const [reports, seen, started] = KEYS;
    const replies = await this.#run((redis) => redis.multi().hdel(reports, id).zrem(seen, id).zrem(started, id).exec());
    for (const [error] of replies ?? []) if (error) throw error;
  }

  /**
   * Returns the processes, oldest first. A silent process is not listed if a later process of its kind replaces it; each process
   * replaces one. While the server was unreachable no process could report, so after that none is silent for six seconds. Reports that
   * this version cannot read are skipped.
   */
  async list(): Promise<readonly RegisteredProcess[]> {
    const reply = replySchema.parse(await this.#run((redis) => redis.eval(LIST, KEYS.length, ...KEYS)));
    const [now, texts, seenAt, startedAt] = reply;
    return registered({
      texts: pairs(texts),
      seenAt: scores(seenAt),
      startedAt: scores(startedAt),
      nowMs: Number(now),
      clockMs: Date.now(),
      couldReportForMs: performance.now() - this.#failedAt,
    });
  }

  /** Runs a command. Rejects at once while the server is unreachable: a command would wait for it. */
  async #run<Result>(command: (connection: QueueConnection) => Promise<Result>): Promise<Result> {
    try {
      if (this.#connection.status !== 'ready') throw new RegisterUnreachable();
      return await command(this.#connection);
    } catch (error) {
      this.#failedAt = performance.now();
      throw error;
    }
  }
}

const flatSchema = z.array(z.string());
const replySchema = z.tuple([z.string(), flatSchema, flatSchema, flatSchema]);

interface Stored {
  readonly texts: ReadonlyMap<string, string>;
  readonly seenAt: ReadonlyMap<string, number>;
  readonly startedAt: ReadonlyMap<string, number>;
  /** The present time by the clock of the server, and by that of this process. */
  readonly nowMs: number;
  readonly clockMs: number;
  /** How long the server has been reachable, in ms. */
  readonly couldReportForMs: number;
}

/** Returns the processes of a register as this process sees them: their instants are by its clock. */
export function registered({
  texts,
  seenAt,
  startedAt,
  nowMs,
  clockMs,
  couldReportForMs,
}: Stored): readonly RegisteredProcess[] {
  const instant = (ms: number): string => new Date(clockMs - nowMs + ms).toISOString();
  const found = [...texts].flatMap(([id, text]) => {
    const report = reportOf(text);
    const seen = seenAt.get(id);
    return report === null || seen === undefined ? [] : [{ id, report, seen, started: startedAt.get(id) ?? seen }];
  });
  const isSilent = ({ seen }: (typeof found)[number]): boolean => Math.min(nowMs - seen, couldReportForMs) > SILENT_MS;
  const spare = found.filter((one) => !isSilent(one)).toSorted((a, b) => a.started - b.started);
  const isReplaced = ({ report, seen }: (typeof found)[number]): boolean => {
    const at = spare.findIndex((other) => other.report.kind === report.kind && other.started > seen);
    if (at >= 0) spare.splice(at, 1);
    return at >= 0;
  };
  return found
    .toSorted((a, b) => a.seen - b.seen)
    .filter((one) => !(isSilent(one) && isReplaced(one)))
    .toSorted((a, b) => a.started - b.started || (a.id < b.id ? -1 : 1))
    .map((one) => ({
      id: one.id,
      ...one.report,
      started_at: instant(one.started),
      seen_at: instant(one.seen),
      silent: isSilent(one),
    }));
}

function reportOf(text: string): ProcessReport | null {
  try {
    return processReportSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function pairs(flat: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? '', flat[2 * i + 1] ?? ''] as const),
  );
}

/** Returns the members of a sorted set with their scores. */
function scores(flat: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...pairs(flat)].map(([member, score]) => [member, Number(score)] as const));
}
