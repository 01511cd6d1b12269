import { SinceText } from '../../faults/fault-list.tsx';
import type { Processes as List } from '../../faults/faults.ts';
import { count, seconds } from '../../format/format.ts';
import { now } from '../../live/now.ts';
import { Panel } from '../../ui/panel.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { UserText } from '../../ui/user-text.tsx';
import { StateMark } from './state-mark.tsx';

type Process = NonNullable<List>[number];

const BRIEF_MS = 10_000;

const LEASES = {
  current: ['ok', 'current'],
  leaseExpired: ['warn', 'lease expired'],
  disconnected: ['bad', 'disconnected'],
} as const;

/** Every api and every worker that is registered. */
export function Processes({ processes }: { readonly processes: List }) {
  return (
    <Panel
      title="Processes"
      class="system-wide"
      aside={processes !== null && <span class="muted small">{summaryOf(processes)}</span>}
    >
      {processes === null ? (
        <Empty title="Unknown" hint="The register of processes is in the queue Redis, which does not answer." />
      ) : (
        <Table
          caption="The processes of the service"
          rows={processes}
          keyOf={({ id }) => id}
          columns={[
            { title: 'Process', cell: (one) => <Name {...one} /> },
            { title: 'State', cell: (one) => <State {...one} /> },
            { title: 'Invalidation log', cell: (one) => <Lease {...one} /> },
            { title: 'Position', isNumber: true, cell: ({ log }) => count(log.applied) },
            { title: 'Lag', isNumber: true, cell: ({ log }) => count(log.lag) },
            { title: 'Last seen', cell: ({ seen_at }) => <Ago at={Date.parse(seen_at)} /> },
            {
              title: 'Up for',
              cell: ({ started_at, seen_at, silent }) => <Up from={started_at} to={silent ? seen_at : null} />,
            },
            { title: 'Version', cell: ({ version }) => version },
          ]}
        />
      )}
    </Panel>
  );
}

function summaryOf(processes: NonNullable<List>): string {
  const present = processes.filter(({ silent }) => !silent);
  const apis = present.filter(({ kind }) => kind === 'api').length;
  const workers = present.length - apis;
  return `${apis} ${apis === 1 ? 'api' : 'apis'}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
}

function Name({ kind, pid, host, id }: Process) {
  return (
    <span class="system-name" title={id}>
      <strong>{kind}</strong>
      <UserText class="muted" text={`${pid} on ${host}`} />
    </span>
  );
}

function State({ silent, seen_at }: Process) {
  if (!silent) return <StateMark tone="ok">reports</StateMark>;
  return (
    <StateMark tone="bad">
      silent since <SinceText at={Date.parse(seen_at)} />
    </StateMark>
  );
}

function Lease({ log, silent }: Process) {
  if (silent) return <span class="muted">unknown</span>;
  const [tone, text] = LEASES[log.state];
  // A lease ends for a moment while a process is busy; its next read catches up.
  const isBrief = log.state === 'leaseExpired' && now.value - Date.parse(log.since) < BRIEF_MS;
  if (tone === 'ok' || isBrief) return <span class="muted">{log.trusted ? text : `${text}, not trusted`}</span>;
  return (
    <StateMark tone={tone}>
      {text} since <SinceText at={Date.parse(log.since)} />
    </StateMark>
  );
}

function Ago({ at }: { readonly at: number }) {
  return <span class="nowrap muted">{seconds(now.value - at)} ago</span>;
}

function Up({ from, to }: { readonly from: string; readonly to: string | null }) {
  const end = to === null ? now.value : Date.parse(to);
  return <span class="nowrap muted">{seconds(end - Date.parse(from))}</span>;
}
