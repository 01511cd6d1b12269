import { MAX_WAIT_MS } from '../../faults/faults.ts';
import { count, seconds } from '../../format/format.ts';
import { now } from '../../live/now.ts';
import type { Section } from '../../live/types.ts';
import { Panel } from '../../ui/panel.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { StateMark } from './state-mark.tsx';

type Queue = NonNullable<Section<'queues'>['queues']>['ingest'];
interface Row extends Queue {
  readonly name: keyof typeof MAX_WAIT_MS;
}

const WORK: Readonly<Record<Row['name'], string>> = {
  ingest: 'reads uploaded files',
  invalidation: 'invalidates what events change',
  warming: 'reloads hot answers, audits',
  maintenance: 'deletes and frees',
};

/** The work that waits: the outbox, and the jobs of each queue. */
export function Queues({
  at,
  section: { outbox, queues },
}: {
  readonly at: number;
  readonly section: Section<'queues'>;
}) {
  return (
    <Panel title="Queues" class="system-queues" aside={<a href="/admin/queues">Open Bull Board</a>}>
      {queues === null ? (
        <Empty title="Unknown" hint="The queues are in the queue Redis, which does not answer." />
      ) : (
        <Table
          caption="The jobs of each queue"
          rows={Object.entries(queues).map(([name, queue]) => ({ name: name as Row['name'], ...queue }))}
          keyOf={({ name }) => name}
          columns={[
            { title: 'Queue', cell: ({ name }) => <Name name={name} /> },
            { title: 'Waiting', isNumber: true, cell: ({ waiting }) => <Count n={waiting} /> },
            { title: 'Active', isNumber: true, cell: ({ active }) => <Count n={active} /> },
            { title: 'Delayed', isNumber: true, cell: ({ delayed }) => <Count n={delayed} /> },
            { title: 'Failed', isNumber: true, cell: ({ failed }) => <Quarantined n={failed} /> },
            { title: 'Oldest waits', isNumber: true, cell: (row) => <Oldest at={at} {...row} /> },
          ]}
        />
      )}
      <p class="small muted system-note">{outboxText(outbox)}</p>
    </Panel>
  );
}

function Name({ name }: Pick<Row, 'name'>) {
  return (
    <span class="system-name">
      <strong>{name}</strong>
      <span class="muted">{WORK[name]}</span>
    </span>
  );
}

function Count({ n }: { readonly n: number }) {
  return <span class={n === 0 ? 'muted' : undefined}>{count(n)}</span>;
}

function Quarantined({ n }: { readonly n: number }) {
  return n === 0 ? <span class="muted">0</span> : <StateMark tone="warn">{count(n)}</StateMark>;
}

function Oldest({ at, name, oldest_at }: { readonly at: number } & Row) {
  if (oldest_at === null) return <span class="muted">–</span>;
  const since = Date.parse(oldest_at);
  const text = seconds(now.value - since);
  return at - since > MAX_WAIT_MS[name] ? <StateMark tone="bad">{text}</StateMark> : <span>{text}</span>;
}

function outboxText(outbox: Section<'queues'>['outbox']): string {
  if (outbox === null) return 'Outbox: unknown, because Postgres does not answer.';
  if (outbox.oldest_at === null) return 'Outbox: every event has been handed over to the queues.';
  return `Outbox: the oldest event has waited for ${seconds(now.value - Date.parse(outbox.oldest_at))}.`;
}
