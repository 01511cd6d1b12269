import { NoSample, Unsampled } from '../../faults/unsampled.tsx';
import { count, percent, seconds } from '../../format/format.ts';
import { connection, useLive } from '../../live/live.ts';
import { Badge } from '../../ui/badge.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import './learned.css';
import { UserText } from '../../ui/user-text.tsx';
import { type EvidenceWords, evidenceWords, modeText, placesOf } from './learned-text.ts';
import { sentence } from './sentence.ts';
import type { Learned as LearnedTimes } from './types.ts';

/** What the cache learned about the fresh times of each endpoint, and on what evidence. */
export function Learned() {
  const live = useLive('cache');
  if (live === null || connection.value.kind === 'forbidden')
    return <NoSample sections={['cache']} what="the learned times" purpose="read the learned times" />;
  const learned = Object.entries(live.data.endpoints).flatMap(([prefix, stats]) =>
    stats.learned === undefined ? [] : [{ prefix, learned: stats.learned }],
  );
  if (learned.length === 0)
    return <Empty title="Nothing has been learned yet" hint="The first loads of an endpoint begin it." />;
  return (
    <>
      <Unsampled sections={['cache']} />
      <p class="muted small prose">
        A reload is compared with the answer before. From how often these differ, the process that answers estimates how
        long an answer may be kept so that few reads get data that has changed.
      </p>
      <div class="learned-cards">
        {learned.map((one) => (
          <LearnedPanel key={one.prefix} {...one} />
        ))}
      </div>
    </>
  );
}

function LearnedPanel({ prefix, learned }: { readonly prefix: string; readonly learned: LearnedTimes }) {
  const { mode, fresh_ms: times, kinds, keys_known: keysKnown, outdated_share_limit: limit, evidence, why } = learned;
  const words = evidenceWords(learned);
  return (
    <Panel
      title={prefix}
      aside={<Badge tone={mode === 'on' ? 'accent' : 'plain'}>{mode === 'on' ? 'on' : 'advice'}</Badge>}
      class="stacked learned"
    >
      <p>
        <strong>{modeText(mode, times)}</strong>
      </p>
      <Range learned={learned} />
      <p class="muted small">
        <UserText text={sentence(why)} />
      </p>
      <dl class="facts">
        {words !== null && <Evidence words={words} />}
        <dt>Limit of stale reads</dt>
        <dd>{percent(limit * 100)}</dd>
        <dt>Keys with evidence of their own</dt>
        <dd>{count(keysKnown)}</dd>
        <dt>Changes that an invalidation announced</dt>
        <dd>{count(evidence.announced)}</dd>
      </dl>
      <Kinds kinds={kinds} prefix={prefix} />
    </Panel>
  );
}

function Evidence({ words: { compared, differed, rates } }: { readonly words: EvidenceWords }) {
  return (
    <>
      <dt>Reloads compared</dt>
      <dd>{compared}</dd>
      <dt>Of them differed</dt>
      <dd>{differed}</dd>
      <dt>Changes an hour</dt>
      <dd>{rates}</dd>
    </>
  );
}

function Kinds({ kinds, prefix }: { readonly kinds: LearnedTimes['kinds']; readonly prefix: string }) {
  const rows = Object.entries(kinds).map(([kind, one]) => ({ kind, ...one }));
  if (rows.length === 0) return null;
  return (
    <Table
      caption={`Kinds of answers of ${prefix}`}
      rows={rows}
      keyOf={({ kind }) => kind}
      columns={[
        { title: 'Kind', cell: ({ kind }) => <UserText text={kind} /> },
        { title: 'Time', isNumber: true, cell: ({ fresh_ms: ms }) => seconds(ms) },
        { title: 'Why', cell: ({ why }) => <UserText text={why} /> },
      ]}
    />
  );
}

/** The allowed times on a logarithmic scale, with the fixed one, the learned one, and those of keys with evidence of their own. */
function Range({ learned }: { readonly learned: LearnedTimes }) {
  const { fixed, learned: chosen, known } = placesOf(learned);
  const [least, most] = learned.fresh_ms.allowed;
  const x = (place: number): number => 8 + place * 584;
  return (
    <figure class="range">
      <svg viewBox="0 0 600 34" role="img" aria-label={`Allowed from ${seconds(least ?? 0)} to ${seconds(most ?? 0)}`}>
        <rect class="range-track" x="8" y="14" width="584" height="6" rx="3" />
        {known !== null && (
          <rect
            class="range-known"
            x={x(known.from)}
            y="11"
            width={Math.max(4, x(known.to) - x(known.from))}
            height="12"
            rx="4"
          />
        )}
        <line class="range-fixed" x1={x(fixed)} x2={x(fixed)} y1="3" y2="31" />
        <circle class="range-learned" cx={x(chosen)} cy="17" r="8" />
      </svg>
      <figcaption class="range-ends muted small">
        <span>{seconds(least ?? 0)}</span>
        <span>
          <span class="range-key" data-of="fixed" /> of the route <span class="range-key" data-of="learned" /> learned
        </span>
        <span>{seconds(most ?? 0)}</span>
      </figcaption>
    </figure>
  );
}
