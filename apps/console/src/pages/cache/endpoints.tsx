import { LatencyScale } from '../../charts/latency-scale.tsx';
import { NoSample, Unsampled } from '../../faults/unsampled.tsx';
import { bytes, count, duration, percent, seconds } from '../../format/format.ts';
import { connection, useLive } from '../../live/live.ts';
import { Link } from '../../router/link.tsx';
import { query } from '../../router/location.ts';
import { SpanChoice } from '../../spans/span-choice.tsx';
import { type Span, spanOf } from '../../spans/spans.ts';
import { Panel } from '../../ui/panel.tsx';
import { Empty } from '../../ui/states.tsx';
import './endpoints.css';
import { UserText } from '../../ui/user-text.tsx';
import { auditText, countsIn, outcomesOf } from './endpoint-text.ts';
import { hrefOf } from './links.ts';
import { sentence } from './sentence.ts';
import type { EndpointStats } from './types.ts';

/** The counts of each endpoint over all processes, and the fresh time in force with its reason. */
export function Endpoints() {
  const live = useLive('cache');
  const span = spanOf(query.value.get('span'));
  if (live === null || connection.value.kind === 'forbidden')
    return <NoSample sections={['cache']} what="the counts" purpose="read the counts" />;
  const entries = Object.entries(live.data.endpoints);
  if (entries.length === 0)
    return <Empty title="No endpoint has been read yet" hint="Read one, and its counts appear here." />;
  return (
    <>
      <Unsampled sections={['cache']} />
      <SpanChoice span={span} />
      <div class="cards">
        {entries.map(([prefix, stats]) => (
          <EndpointPanel key={prefix} prefix={prefix} stats={stats} span={span} />
        ))}
      </div>
    </>
  );
}

interface EndpointPanelProps {
  readonly prefix: string;
  readonly stats: EndpointStats;
  readonly span: Span;
}

function EndpointPanel({ prefix, stats, span }: EndpointPanelProps) {
  const counts = countsIn(stats, span);
  return (
    <Panel
      title={prefix}
      aside={<Link href={hrefOf({ tab: 'keys', prefix })}>Hot keys</Link>}
      class="stacked endpoint-panel"
    >
      {counts === null ? (
        <p class="muted">The counts of this span are unknown: their store does not answer.</p>
      ) : (
        <>
          <Outcomes counts={counts} />
          <LatencyScale hit={counts.latency_ms.hit} miss={counts.latency_ms.miss} />
          <dl class="facts">
            <dt>Origin time saved</dt>
            <dd>{duration(counts.load_ms_saved)}</dd>
            <dt>Bytes served</dt>
            <dd>{bytes(counts.bytes_served)}</dd>
            <dt>Audits</dt>
            <dd>{auditText(counts)}</dd>
          </dl>
        </>
      )}
      {stats.fresh && <FreshTime fresh={stats.fresh} />}
    </Panel>
  );
}

function Outcomes({ counts }: { readonly counts: NonNullable<ReturnType<typeof countsIn>> }) {
  const { reads, share, parts, others } = outcomesOf(counts);
  if (reads === 0) return <p class="muted">No reads in this span.</p>;
  return (
    <div class="outcomes">
      <p>
        <strong class="outcome-share">{share === null ? '–' : percent(share)}</strong>{' '}
        <span class="muted">from the cache, {count(reads)} reads</span>
      </p>
      <svg class="outcome-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ name, series, from, width }) => (
          <rect key={name} data-series={series} x={from * 100} width={width * 100} height="4" />
        ))}
      </svg>
      <ul class="outcome-list small">
        {parts.map(({ name, series, n }) => (
          <li key={name} data-series={series}>
            <span class="dot" /> {count(n)} <span class="muted">{name}</span>
          </li>
        ))}
        {others.map(({ name, n }) => (
          <li key={name}>
            {count(n)} <span class="muted">{name}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The time for which the next answer is kept, and who chose it. */
function FreshTime({ fresh }: { readonly fresh: NonNullable<EndpointStats['fresh']> }) {
  return (
    <div class="fresh-time">
      <p>
        <strong>Kept for {seconds(fresh.fresh_ms)}</strong>{' '}
        <span class="muted">{fresh.chosen_by === 'learned' ? 'learned' : 'by the route'}</span>
      </p>
      <p class="muted small">
        <UserText text={sentence(fresh.why)} /> <Link href={hrefOf({ tab: 'learned' })}>Evidence</Link>
      </p>
    </div>
  );
}
