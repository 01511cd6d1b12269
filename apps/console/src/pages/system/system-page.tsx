import { FaultList } from '../../faults/fault-list.tsx';
import { Unheard } from '../../faults/unheard.tsx';
import { useFaults } from '../../faults/use-faults.ts';
import { timeOfDay } from '../../format/format.ts';
import { connection, useLive } from '../../live/live.ts';
import type { Section } from '../../live/types.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { Audits } from './audits.tsx';
import { Dependencies } from './dependencies.tsx';
import { Loads } from './loads.tsx';
import { Processes } from './processes.tsx';
import { Quarantine } from './quarantine.tsx';
import { Queues } from './queues.tsx';
import './system.css';

const NO_ANSWER = new Error('The api does not answer. The page tries again every few seconds.');

/** Whether something is wrong, and the state of everything that the service consists of. */
export function SystemPage() {
  const seen = useFaults();
  const health = useLive('health');
  const processes = useLive('processes');
  const queues = useLive('queues');
  const cache = useLive('cache');
  const findings = useLive('findings');
  const state = connection.value;
  if (state.kind === 'forbidden') return <Failed error={state.error} purpose="read the live state" />;
  if (seen === null || cache === null || health === null || processes === null || queues === null)
    return state.kind === 'lost' ? <Failed error={NO_ANSWER} /> : <Loading what="the live state" />;
  return (
    <>
      <Unheard at={seen.at} />
      {seen.faults.length === 0 && state.kind !== 'lost' && <Fine at={seen.at} />}
      {seen.faults.length > 0 && <FaultList {...seen} />}
      <div class="system-grid">
        <Dependencies health={health.data} />
        <Queues at={seen.at} section={queues.data} />
        {isQuarantined(queues.data) && <Quarantine section={queues.data} />}
        <Processes processes={processes.data.processes} />
        <Loads processes={processes.data.processes} health={health.data} />
        <Audits endpoints={cache.data.endpoints} findings={findings?.data.findings ?? null} />
        {!isQuarantined(queues.data) && <Quarantine section={queues.data} />}
      </div>
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
