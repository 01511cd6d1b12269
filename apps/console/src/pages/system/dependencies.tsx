import { SinceText } from '../../faults/fault-list.tsx';
import { duration } from '../../format/format.ts';
import type { Section } from '../../live/types.ts';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { UserText } from '../../ui/user-text.tsx';
import { StateMark } from './state-mark.tsx';

type Health = Section<'health'>;

interface Row {
  readonly name: string;
  readonly role: string;
  readonly ok: boolean;
  readonly latency_ms: number | null;
  readonly reason?: string | null | undefined;
  readonly since: string;
  readonly breaker?: string;
  readonly breaker_since?: string;
}

/** The servers that the api depends on, as it sees them. */
export function Dependencies({ health }: { readonly health: Health }) {
  return (
    <Panel title="Dependencies" aside={<span class="muted small">as this api sees them</span>}>
      <Table
        caption="The servers that the api depends on"
        rows={rowsOf(health)}
        keyOf={({ name }) => name}
        columns={[
          { title: 'Server', cell: (row) => <Server {...row} /> },
          {
            title: 'State',
            cell: ({ ok }) => <StateMark tone={ok ? 'ok' : 'bad'}>{ok ? 'works' : 'unavailable'}</StateMark>,
          },
          { title: 'Since', cell: ({ since }) => <SinceText at={Date.parse(since)} /> },
          {
            title: 'Answers in',
            isNumber: true,
            cell: ({ latency_ms }) => (latency_ms === null ? '–' : duration(latency_ms)),
          },
          { title: 'Breaker', cell: (row) => <Breaker {...row} /> },
        ]}
      />
    </Panel>
  );
}

function Server({ name, role, ok, reason }: Row) {
  return (
    <span class="system-name">
      <strong>{name}</strong>
      <span class="muted">{role}</span>
      {reason != null && <UserText class={ok ? 'muted' : 'refused'} text={reason} />}
    </span>
  );
}

function Breaker({ breaker, breaker_since }: Row) {
  if (breaker === undefined || breaker_since === undefined) return <span class="muted">–</span>;
  if (breaker === 'closed') return <span class="muted">closed</span>;
  return (
    <StateMark tone={breaker === 'open' ? 'bad' : 'warn'}>
      {breaker} since <SinceText at={Date.parse(breaker_since)} />
    </StateMark>
  );
}

function rowsOf({ dependencies, log_store }: Health): readonly Row[] {
  const { postgres, elasticsearch, redis_cache, redis_queue } = dependencies;
  const lines = log_store === 'postgres' ? ', log lines' : '';
  return [
    { name: 'Postgres', role: `files, events${lines}`, ...postgres },
    ...(elasticsearch === undefined ? [] : [{ name: 'Elasticsearch', role: 'log lines', ...elasticsearch }]),
    { name: 'Cache Redis', role: 'shared answers', ...redis_cache },
    { name: 'Queue Redis', role: 'jobs, invalidation log', ...redis_queue },
  ];
}
