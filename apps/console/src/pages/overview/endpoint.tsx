import { LatencyScale } from '../../charts/latency-scale.tsx';
import { bytes, count, duration, percent, seconds } from '../../format/format.ts';
import { now } from '../../live/now.ts';
import type { Section } from '../../live/types.ts';
import { Panel } from '../../ui/panel.tsx';
import { ageText, type Upcoming, upcomingText } from './upcoming-text.ts';

type Stats = Section<'cache'>['endpoints'][string];

export interface EndpointProps {
  readonly prefix: string;
  readonly route: string;
  readonly what: string;
  /** Undefined before the first read. */
  readonly stats: Stats | undefined;
  /** Null before the first sample. */
  readonly upcoming: { readonly at: number; readonly next: Upcoming } | null;
}

/** One cached endpoint. */
export function Endpoint({ prefix, route, what, stats, upcoming }: EndpointProps) {
  return (
    <Panel title={prefix} aside={<code class="muted">{route}</code>} class="endpoint">
      <p class="muted small">{what}</p>
      <Rate stats={stats} />
      <LatencyScale hit={stats?.latency_ms.hit ?? null} miss={stats?.latency_ms.miss ?? null} />
      <Facts stats={stats} upcoming={upcoming} />
    </Panel>
  );
}

function Rate({ stats }: { readonly stats: Stats | undefined }) {
  const reads = stats === undefined ? 0 : stats.hits + stats.stale + stats.misses + stats.bypasses;
  if (stats === undefined || reads === 0) return <p class="muted">No reads yet</p>;
  const parts = [
    { name: 'hits', n: stats.hits, series: 'hit' },
    { name: 'stale', n: stats.stale, series: 'stale' },
    { name: 'misses', n: stats.misses + stats.bypasses, series: 'miss' },
  ].filter(({ n }) => n > 0);
  const before = (i: number): number => parts.slice(0, i).reduce((sum, part) => sum + part.n, 0);
  return (
    <div class="rate">
      <p>
        <strong class="rate-value">{percent(stats.hit_rate_percent)}</strong> <span class="muted">from the cache</span>
      </p>
      <svg class="rate-bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ name, n, series }, i) => (
          <rect key={name} data-series={series} x={(before(i) / reads) * 100} width={(n / reads) * 100} height="3" />
        ))}
      </svg>
      <p class="muted small">{parts.map(({ name, n }) => `${count(n)} ${name}`).join(' · ')}</p>
    </div>
  );
}

function Facts({ stats, upcoming }: Pick<EndpointProps, 'stats' | 'upcoming'>) {
  const passedMs = upcoming === null ? 0 : Math.max(0, now.value - upcoming.at);
  const age = upcoming === null ? null : ageText(upcoming.next, passedMs);
  const fresh = stats?.fresh;
  return (
    <dl class="facts">
      <dt>Time saved</dt>
      <dd>{duration(stats?.load_ms_saved ?? 0)}</dd>
      <dt>Served</dt>
      <dd>{bytes(stats?.bytes_served ?? 0)}</dd>
      {fresh && <dt>Kept for</dt>}
      {fresh && <dd title={fresh.why}>{seconds(fresh.fresh_ms)}</dd>}
      <dt>Hottest answer</dt>
      <dd>{age === null ? '–' : `${age} old`}</dd>
      <dt>Next</dt>
      <dd>{upcoming === null ? '–' : upcomingText(upcoming.next, passedMs)}</dd>
    </dl>
  );
}
