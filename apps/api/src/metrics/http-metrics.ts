import { Histogram, Histograms, type Point, SECONDS, type Specs } from '@pilotlight/runtime';
import type { AnsweredRequest } from '../http/answered.ts';

export const HTTP_METRICS = {
  requests: {
    name: 'pilotlight_http_requests_total',
    kind: 'counter',
    help: 'Answered requests. A cached route has an outcome and, for a hit, a tier',
    labels: ['route', 'method', 'status', 'outcome', 'tier'],
  },
  duration: {
    name: 'pilotlight_http_request_duration_seconds',
    kind: 'histogram',
    help: 'From the headers of a request to the end of its answer',
    labels: ['route', 'method', 'outcome'],
  },
  bytes: {
    name: 'pilotlight_http_response_bytes_total',
    kind: 'counter',
    help: 'Bytes of the bodies of answers',
    labels: ['route', 'method'],
  },
  cutOff: {
    name: 'pilotlight_http_cut_off_total',
    kind: 'counter',
    help: 'Requests whose connection closed before the whole answer was sent',
    labels: ['route', 'method'],
  },
} as const satisfies Specs;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']);
const OTHER = '(other)';
/** The route of a request that no route answers. */
const NO_ROUTE = '(none)';

/** The requests with one set of labels. */
interface Cell {
  readonly status: string;
  readonly outcome: string;
  readonly tier: string;
  readonly duration: Histogram;
  requests: number;
  bytes: number;
  cutOff: number;
}

type Cells = Map<number, Cell>;

const OUTCOMES = { hit: 1, stale: 2, miss: 3, bypass: 4 } as const;
const TIERS = { memory: 1, redis: 2 } as const;

/**
 * Counts the answered requests. Each hit is counted, so counting makes no text and no object: three look-ups and a few additions. The
 * number of series is bounded by the routes, a closed set of methods and the statuses that the api sends.
 */
export class HttpMetrics {
  readonly #routes = new Map<string, Map<string, Cells>>();

  /** An observer of answered requests. */
  readonly observe = (answered: AnsweredRequest): void => {
    const { status, outcome, tier } = answered;
    const cells = this.#cellsOf(answered);
    const label = (status * 5 + (outcome === null ? 0 : OUTCOMES[outcome])) * 3 + (tier === null ? 0 : TIERS[tier]);
    let cell = cells.get(label);
    if (cell === undefined) {
      cell = newCell(answered);
      cells.set(label, cell);
    }
    cell.requests++;
    cell.bytes += answered.bytes;
    if (answered.isCutOff) cell.cutOff++;
    cell.duration.observe(answered.durationMs / 1_000);
  };

  #cellsOf({ route, method }: AnsweredRequest): Cells {
    const pattern = route ?? NO_ROUTE;
    let methods = this.#routes.get(pattern);
    if (methods === undefined) {
      methods = new Map();
      this.#routes.set(pattern, methods);
    }
    const known = methods.get(method);
    if (known !== undefined) return known;
    const name = METHODS.has(method) ? method : OTHER;
    const cells: Cells = methods.get(name) ?? new Map<number, Cell>();
    methods.set(name, cells);
    return cells;
  }

  points() {
    const requests: Point[] = [];
    const bytes: Point[] = [];
    const cutOff: Point[] = [];
    const durations = new Histograms(HTTP_METRICS.duration.labels, SECONDS);
    for (const [route, methods] of this.#routes) {
      for (const [method, cells] of methods) {
        const of = { route, method };
        let sums = { bytes: 0, cutOff: 0 };
        for (const { status, outcome, tier, ...cell } of cells.values()) {
          requests.push({ labels: { ...of, status, outcome, tier }, value: cell.requests });
          durations.of({ ...of, outcome }).add(cell.duration);
          sums = { bytes: sums.bytes + cell.bytes, cutOff: sums.cutOff + cell.cutOff };
        }
        bytes.push({ labels: of, value: sums.bytes });
        cutOff.push({ labels: of, value: sums.cutOff });
      }
    }
    return { requests, duration: durations.points(), bytes, cutOff };
  }
}

function newCell({ status, outcome, tier }: AnsweredRequest): Cell {
  const labels = { status: String(status), outcome: outcome ?? '', tier: tier ?? '' };
  return { ...labels, duration: new Histogram(SECONDS), requests: 0, bytes: 0, cutOff: 0 };
}
