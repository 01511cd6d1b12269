import { SinceText } from '../../faults/fault-list.tsx';
import { count, seconds } from '../../format/format.ts';
import { visibleName } from '../../format/visible-text.ts';
import type { Section } from '../../live/types.ts';
import { Link } from '../../router/link.tsx';
import { Panel } from '../../ui/panel.tsx';
import { UserText } from '../../ui/user-text.tsx';
import { StateMark } from './state-mark.tsx';

type Endpoints = Section<'cache'>['endpoints'];
type Findings = Section<'findings'>['findings'];
type Finding = NonNullable<Findings>[number];

/** The live state has this number of findings at most. */
const MAX_FINDINGS = 20;

/** What the auditor found, and the answers that could not be verified. */
export function Audits({ endpoints, findings }: { readonly endpoints: Endpoints; readonly findings: Findings }) {
  const all = Object.values(endpoints);
  const audited = all.reduce((sum, { freshness }) => sum + (freshness?.audited ?? 0), 0);
  const stale = all.reduce(
    (sum, { freshness }) => sum + (freshness?.lost_invalidations ?? 0) + (freshness?.unexplained ?? 0),
    0,
  );
  const unverified = all.reduce((sum, endpoint) => sum + endpoint.unverified, 0);
  return (
    <Panel title="Audits" aside={<span class="muted small">since the counts were reset</span>}>
      <dl class="system-facts">
        <Fact name="Served answers compared with the origin" n={audited} isGood />
        <Fact name="Stale answers found" n={stale} isGood={stale === 0} />
        <Fact name="Answers that could not be verified" n={unverified} isGood={unverified === 0} />
      </dl>
      {findings !== null && findings.length > 0 && (
        <ul class="quarantine findings" aria-label="Stale answers that the auditor found">
          {findings.map((finding) => (
            <Found key={`${finding.at} ${finding.key}`} finding={finding} />
          ))}
        </ul>
      )}
      {findings !== null && findings.length >= MAX_FINDINGS && (
        <p class="muted small system-note">These are the latest {count(findings.length)}.</p>
      )}
    </Panel>
  );
}

function Fact({ name, n, isGood }: { readonly name: string; readonly n: number; readonly isGood: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{isGood ? count(n) : <StateMark tone="bad">{count(n)}</StateMark>}</dd>
    </div>
  );
}

function Found({ finding }: { readonly finding: Finding }) {
  const { at, key: name, verdict, epoch, position, stale_for_ms, event, repaired_at } = finding;
  return (
    <li class="quarantined">
      <div class="quarantined-text">
        <p>
          <Link class="mono" href={`/cache?tab=explain&key=${encodeURIComponent(name)}`}>
            <UserText text={name} />
          </Link>
        </p>
        <p>
          {verdict === 'lost'
            ? `The invalidation of ${visibleName(event ?? 'an event')} was lost.`
            : 'No event describes the change.'}{' '}
          It may have been stale for {seconds(stale_for_ms)}.
        </p>
        <p class="muted small">
          Found at <SinceText at={Date.parse(at)} />
          {position !== null && `, loaded at position ${count(position)} of epoch ${epoch}`},{' '}
          {repaired_at === null ? 'not invalidated yet' : `invalidated at position ${count(repaired_at)}`}
        </p>
      </div>
    </li>
  );
}
