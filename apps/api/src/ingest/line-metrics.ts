import { ROUTES } from '@pilotlight/contracts/http';
import { Counts, type Specs } from '@pilotlight/runtime';
import { isPathOf } from '../http/is-path-of.ts';
import { problemCodeOf } from '../http/problem.ts';

export const LINE_METRICS = {
  received: {
    name: 'pilotlight_stream_received_lines_total',
    kind: 'counter',
    help: 'Lines, log records of OTLP and syslog messages that this api has read as a whole',
    labels: ['source'],
  },
  stored: {
    name: 'pilotlight_stream_stored_lines_total',
    kind: 'counter',
    help: 'Lines that this api has stored or, for a repeated Idempotency-Key, acknowledged again',
    labels: ['source'],
  },
  dropped: {
    name: 'pilotlight_stream_dropped_lines_total',
    kind: 'counter',
    help: 'Received lines that this api has dropped: log records that are not objects of at most 1 MiB, syslog messages that are too large to store or waited at the end of the process',
    labels: ['source', 'reason'],
  },
  refusals: {
    name: 'pilotlight_stream_refusals_total',
    kind: 'counter',
    help: 'Refused requests with lines, and failed tries to store syslog messages, by the code of the problem',
    labels: ['source', 'reason'],
  },
  unmeasured: {
    name: 'pilotlight_unmeasured_space_total',
    kind: 'counter',
    help: 'Uploads, requests with lines and tries of syslog that passed although the free space could not be measured',
    labels: ['source'],
  },
} as const satisfies Specs;

export type LineSource = 'ingest' | 'otlp' | 'syslog';
type Dropped = 'invalid' | 'too large' | 'end of process';

/** Counts what becomes of lines that come without a file. The labels are closed sets, so no client adds a series. */
export class LineCounts {
  readonly #received = new Counts(LINE_METRICS.received.labels);
  readonly #stored = new Counts(LINE_METRICS.stored.labels);
  readonly #dropped = new Counts(LINE_METRICS.dropped.labels);
  readonly #refusals = new Counts(LINE_METRICS.refusals.labels);
  readonly #unmeasured = new Counts(LINE_METRICS.unmeasured.labels);

  constructor() {
    for (const source of ['ingest', 'otlp', 'syslog'] as const) {
      this.received(source, 0);
      this.stored(source, 0);
    }
    this.dropped('otlp', 'invalid', 0);
    for (const reason of ['too large', 'end of process'] as const) this.dropped('syslog', reason, 0);
  }

  received(source: LineSource, lines: number): void {
    this.#received.add({ source }, lines);
  }

  stored(source: LineSource, lines: number): void {
    this.#stored.add({ source }, lines);
  }

  dropped(source: LineSource, reason: Dropped, lines: number): void {
    this.#dropped.add({ source, reason }, lines);
  }

  refused(source: LineSource, error: unknown): void {
    this.#refusals.add({ source, reason: problemCodeOf(error) });
  }

  spaceUnmeasured(source: LineSource | 'upload'): void {
    this.#unmeasured.add({ source });
  }

  points() {
    return {
      received: this.#received.points(),
      stored: this.#stored.points(),
      dropped: this.#dropped.points(),
      refusals: this.#refusals.points(),
      unmeasured: this.#unmeasured.points(),
    };
  }
}

/** Returns from where a request brings lines, or null if it does not. */
export function sourceOf({ method, path }: { readonly method: string; readonly path: string }): LineSource | null {
  if (method !== 'POST') return null;
  if (isPathOf(ROUTES.ingestLines, path)) return 'ingest';
  return isPathOf(ROUTES.exportLogs, path) ? 'otlp' : null;
}
