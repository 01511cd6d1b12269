import { FaultList } from '../../faults/fault-list.tsx';
import { Unheard } from '../../faults/unheard.tsx';
import { Unsampled, useUnsampled } from '../../faults/unsampled.tsx';
import { useFaults } from '../../faults/use-faults.ts';
import { count } from '../../format/format.ts';
import { connection } from '../../live/live.ts';
import type { Sample } from '../../live/types.ts';
import { type AuditSums, auditsOf } from './audits.ts';

const SECTIONS = ['health', 'cache', 'queues', 'processes', 'findings', 'upcoming'] as const;

/** Whether something is wrong, which figures are old, and what the audits found. */
export function Verdict({ cache }: { readonly cache: Sample<'cache'> }) {
  const seen = useFaults();
  const failed = useUnsampled(SECTIONS);
  const isCurrent = connection.value.kind !== 'lost' && failed.length === 0;
  if (seen?.faults.length === 0 && isCurrent) return <Fine audits={auditsOf(cache.data.endpoints)} />;
  return (
    <>
      {seen && <Unheard at={seen.at} />}
      <Unsampled sections={SECTIONS} />
      {seen && seen.faults.length > 0 && <FaultList {...seen} />}
    </>
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
