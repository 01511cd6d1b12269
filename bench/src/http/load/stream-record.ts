import { percentile } from '../../row.ts';

/** Latencies in ms at shares of the answers. All are null if there is no answer. */
export interface Latencies {
  readonly p50: number | null;
  readonly p99: number | null;
}

/** The answers to the requests that were due in one interval. */
export interface Interval {
  readonly accepted: number;
  /** Answered with 503. */
  readonly shed: number;
  readonly acceptedMs: Latencies;
}

export interface StreamSummary {
  readonly sent: number;
  /** Not sent, because the generator had no connection left. */
  readonly unsent: number;
  readonly accepted: number;
  readonly shed: number;
  /** Other statuses, and connections that ended. */
  readonly failed: number;
  /** Requests without an answer at the end. */
  readonly unanswered: number;
  readonly acceptedMs: Latencies;
  readonly shedMs: Latencies;
  /** How late the generator sent, which the latencies include. */
  readonly lateMs: Latencies;
  readonly intervals: readonly Interval[];
}

export const INTERVAL_MS = 250;

interface Answered {
  readonly status: number;
  readonly dueMs: number;
  readonly latencyMs: number;
}

/** Collects the answers of one stream of requests. */
export class StreamRecord {
  readonly #answers: Answered[] = [];
  readonly #lateMs: number[] = [];
  #unsent = 0;

  sent(lateMs: number): void {
    this.#lateMs.push(lateMs);
  }

  notSent(): void {
    this.#unsent++;
  }

  answered(status: number, dueMs: number, latencyMs: number): void {
    this.#answers.push({ status, dueMs, latencyMs });
  }

  get isWaiting(): boolean {
    return this.#answers.length < this.#lateMs.length;
  }

  summary(): StreamSummary {
    const accepted = this.#answers.filter(isAccepted);
    const shed = this.#answers.filter(isShed);
    return {
      sent: this.#lateMs.length,
      unsent: this.#unsent,
      accepted: accepted.length,
      shed: shed.length,
      failed: this.#answers.length - accepted.length - shed.length,
      unanswered: this.#lateMs.length - this.#answers.length,
      acceptedMs: latenciesOf(accepted),
      shedMs: latenciesOf(shed),
      lateMs: percentilesOf(this.#lateMs),
      intervals: this.#intervals(),
    };
  }

  #intervals(): Interval[] {
    const groups: Answered[][] = [];
    for (const answer of this.#answers) {
      const index = Math.floor(answer.dueMs / INTERVAL_MS);
      while (groups.length <= index) groups.push([]);
      groups[index]?.push(answer);
    }
    return groups.map((group) => {
      const accepted = group.filter(isAccepted);
      return {
        accepted: accepted.length,
        shed: group.filter(isShed).length,
        acceptedMs: latenciesOf(accepted),
      };
    });
  }
}

const isAccepted = ({ status }: Answered): boolean => status === 200;
const isShed = ({ status }: Answered): boolean => status === 503;

const latenciesOf = (answers: readonly Answered[]): Latencies =>
  percentilesOf(answers.map(({ latencyMs }) => latencyMs));

function percentilesOf(values: readonly number[]): Latencies {
  return values.length === 0
    ? { p50: null, p99: null }
    : { p50: percentile(values, 0.5), p99: percentile(values, 0.99) };
}
