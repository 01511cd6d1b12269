import { LatencyScale } from '../../charts/latency-scale.tsx';
import { bytes, count, duration, percent, seconds } from '../../format/format.ts';
import { connection, useLive } from '../../live/live.ts';
import { Badge } from '../../ui/badge.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import type { EndpointStats } from './types.ts';

/** The counts of each endpoint over all processes, and the fresh time in force with its reason. */
export function Endpoints() {
  const live = useLive('cache');
  const state = connection.value;
  if (state.kind === 'forbidden') return <Failed error={state.error} purpose="read the counts" />;
  if (live === null) return <Loading what="the counts" />;
  const { endpoints } = live.data;
  const entries = Object.entries(endpoints);
  if (entries.length === 0)
    return <Empty title="No endpoint has been read yet" hint="Read one, and its counts appear here." />;
  return (
    <div class="cards">
      {entries.map(([prefix, stats]) => (
        <EndpointPanel key={prefix} prefix={prefix} stats={stats} />
      ))}
    </div>
  );
}

function EndpointPanel({ prefix, stats }: { readonly prefix: string; readonly stats: EndpointStats }) {
  const { latency_ms: latency, fresh } = stats;
  return (
    <Panel title={prefix} aside={<Badge tone="ok">{percent(stats.hit_rate_percent)} hits</Badge>} class="endpoint">
      <LatencyScale hit={latency.hit} miss={latency.miss} />
      <dl class="facts">
        <dt>Hits, stale, misses</dt>
        <dd>{[stats.hits, stats.stale, stats.misses].map(count).join(' · ')}</dd>
        <dt>Origin time saved</dt>
        <dd>{duration(stats.load_ms_saved)}</dd>
        <dt>Served</dt>
        <dd>{bytes(stats.bytes_served)}</dd>
        {fresh && <dt>Fresh time</dt>}
        {fresh && <dd>{seconds(fresh.fresh_ms)}</dd>}
      </dl>
      {fresh && <p class="muted small">{fresh.why}</p>}
    </Panel>
  );
}
