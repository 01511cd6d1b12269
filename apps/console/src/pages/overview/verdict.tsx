import { count, timeOfDay } from '../../format/format.ts';
import type { Sample } from '../../live/types.ts';
import { type AuditSums, auditsOf, faultsOf } from './faults.ts';
import { useSince } from './use-since.ts';

export interface VerdictProps {
  readonly health: Sample<'health'>;
  readonly cache: Sample<'cache'>;
}

/** Whether something is wrong, and what the audits found. Each fault has a line. */
export function Verdict({ health, cache }: VerdictProps) {
  const faults = faultsOf(health.data, cache.data.endpoints);
  const names = faults.map(({ what }) => what);
  const since = useSince(names, health.at);
  if (faults.length === 0) return <Fine audits={auditsOf(cache.data.endpoints)} />;
  return (
    <ul class="faults" aria-label="What is wrong">
      {faults.map(({ severity, what, meaning }) => (
        <li key={what} class="notice" data-tone={severity}>
          <span class="mark" aria-hidden="true">
            {severity === 'bad' ? '✕' : '!'}
          </span>
          <span>
            <strong class="user-text">{what}</strong>{' '}
            <span class="muted">seen since {timeOfDay(since.get(what) ?? health.at)}</span>
            <br />
            {meaning}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Fine({ audits }: { readonly audits: AuditSums }) {
  return (
    <p class="notice" data-tone="ok">
      <span class="mark" aria-hidden="true">
        ✓
      </span>
      <span>
        <strong>Everything works.</strong> {auditText(audits)}
      </span>
    </p>
  );
}

function auditText({ audited, stale, byTime }: AuditSums): string {
  if (audited === 0)
    return 'An auditor compares served answers with the database. It has compared none since the counts began.';
  const found = stale === 0 ? 'none was stale' : `${count(stale)} were stale`;
  const late = byTime === 0 ? '' : ` (${count(byTime)} differed in a part that only time changes)`;
  return `The auditor compared ${count(audited)} served answers with the database: ${found}${late}.`;
}
