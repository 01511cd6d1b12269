import { FaultList } from '../../faults/fault-list.tsx';
import { Unheard } from '../../faults/unheard.tsx';
import { NoSample, Unsampled, useAwaited, useUnsampled } from '../../faults/unsampled.tsx';
import { useFaults } from '../../faults/use-faults.ts';
import { timeOfDay } from '../../format/format.ts';
import { connection, useLive } from '../../live/live.ts';
import type { Section } from '../../live/types.ts';
import { Audits } from './audits.tsx';
import { Dependencies } from './dependencies.tsx';
import { Loads } from './loads.tsx';
import { Processes } from './processes.tsx';
import { Quarantine } from './quarantine.tsx';
import { Queues } from './queues.tsx';
import './system.css';

const SECTIONS = ['health', 'queues', 'processes', 'cache', 'findings'] as const;

/** Whether something is wrong, and the state of everything that the service consists of. */
export function SystemPage() {
  const health = useLive('health');
  const processes = useLive('processes');
  const queues = useLive('queues');
  const cache = useLive('cache');
  const findings = useLive('findings');
  const awaited = useAwaited(['health', 'queues', 'processes', 'cache']);
  if (connection.value.kind === 'forbidden' || awaited.length > 0)
    return <NoSample sections={awaited} what="the live state" purpose="read the live state" />;
  const isQuarantineFirst = queues !== null && isQuarantined(queues.data);
  const quarantine = queues && <Quarantine section={queues.data} />;
  return (
    <>
      <Verdict />
      <div class="system-grid">
        {health && <Dependencies health={health.data} />}
        {queues && <Queues at={queues.at} section={queues.data} />}
        {isQuarantineFirst && quarantine}
        {processes && <Processes processes={processes.data.processes} />}
        {processes && health && <Loads processes={processes.data.processes} health={health.data} />}
        {cache && <Audits endpoints={cache.data.endpoints} findings={findings?.data.findings ?? null} />}
        {!isQuarantineFirst && quarantine}
      </div>
    </>
  );
}

/** What is wrong, and which figures are old. Without all of them the page does not say that nothing is wrong. */
function Verdict() {
  const seen = useFaults();
  const failed = useUnsampled(SECTIONS);
  const isCurrent = connection.value.kind !== 'lost' && failed.length === 0;
  return (
    <>
      {seen && <Unheard at={seen.at} />}
      <Unsampled sections={SECTIONS} />
      {seen && seen.faults.length === 0 && isCurrent && <Fine at={seen.at} />}
      {seen && seen.faults.length > 0 && <FaultList {...seen} />}
    </>
  );
}

/** Jobs and files that wait for the operator are shown before what is only to be known. */
function isQuarantined({ quarantine, failed_files }: Section<'queues'>): boolean {
  return (quarantine?.length ?? 0) + (failed_files?.length ?? 0) > 0;
}

function Fine({ at }: { readonly at: number }) {
  return (
    <p class="notice" data-tone="ok">
      <span class="mark" aria-hidden="true">
        ✓
      </span>
      <span>
        <strong>Nothing is wrong.</strong> <span class="muted">Checked at {timeOfDay(at)}.</span>
      </span>
    </p>
  );
}
