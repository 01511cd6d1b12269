import { duration } from '../format/format.ts';
import './latency-scale.css';
import { DECADES_MS, shareOfScale } from './log-scale.ts';

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface LatencyScaleProps {
  readonly hit: Percentiles | null;
  readonly miss: Percentiles | null;
}

const TICKS: readonly number[] = DECADES_MS;
const WIDTH = 700;

/** Latencies of hits beside those of misses on one log scale: a bar from p50 to p99, with a dot at p50 and a line at p95. */
export function LatencyScale({ hit, miss }: LatencyScaleProps) {
  return (
    <figure class="latency">
      <svg viewBox={`0 0 ${WIDTH} 86`} role="img" aria-label={spoken({ hit, miss })}>
        {TICKS.map((ms) => (
          <g key={ms}>
            <line class="latency-grid" x1={x(ms)} x2={x(ms)} y1="4" y2="62" />
            <text class="latency-tick" x={x(ms)} y="80" text-anchor={anchorOf(ms)}>
              {duration(ms)}
            </text>
          </g>
        ))}
        <Bar of={hit} y={12} series="hit" />
        <Bar of={miss} y={39} series="miss" />
      </svg>
      <figcaption class="latency-legend">
        <Series name="Hits" of={hit} series="hit" />
        <Series name="Misses" of={miss} series="miss" />
      </figcaption>
    </figure>
  );
}

function Bar({ of, y, series }: { readonly of: Percentiles | null; readonly y: number; readonly series: string }) {
  if (of === null) return null;
  const [from, to] = [x(of.p50), x(of.p99)];
  return (
    <g data-series={series} class="latency-bar">
      <rect x={from - 2} y={y} width={Math.max(5, to - from + 4)} height="16" rx="4" />
      <line x1={x(of.p95)} x2={x(of.p95)} y1={y - 3} y2={y + 19} />
      <circle cx={from} cy={y + 8} r="5" />
    </g>
  );
}

interface SeriesProps {
  readonly name: string;
  readonly of: Percentiles | null;
  readonly series: string;
}

function Series({ name, of, series }: SeriesProps) {
  return (
    <span data-series={series}>
      <span class="dot" /> {name}{' '}
      {of === null ? <span class="muted">none yet</span> : <strong>{duration(of.p50)}</strong>}
      {of !== null && <span class="muted"> p50 · {duration(of.p99)} p99</span>}
    </span>
  );
}

function x(ms: number): number {
  return 8 + shareOfScale(ms) * (WIDTH - 16);
}

function anchorOf(ms: number): 'start' | 'middle' | 'end' {
  if (ms === TICKS[0]) return 'start';
  return ms === TICKS.at(-1) ? 'end' : 'middle';
}

function spoken({ hit, miss }: LatencyScaleProps): string {
  const of = (name: string, one: Percentiles | null) =>
    one === null
      ? `no ${name} yet`
      : `${name}: half within ${duration(one.p50)}, 99 of 100 within ${duration(one.p99)}`;
  return `Latency on a logarithmic scale. ${of('hits', hit)}; ${of('misses', miss)}`;
}
