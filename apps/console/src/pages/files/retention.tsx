import { answerOf, type paths } from '@pilotlight/client';
import { useState } from 'preact/hooks';
import { bytes, count, dateTime } from '../../format/format.ts';
import { withToken } from '../../session/session.ts';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { toastError } from '../../ui/toasts.tsx';
import { UserName } from '../../ui/user-text.tsx';
import { rulesText } from './retention-text.ts';

type Plan = paths['/api/retention']['get']['responses'][200]['content']['application/json'];

/** Previews what retention deletes next. It needs the role `admin`, so it is asked for only on demand. */
export function Retention() {
  const [plan, setPlan] = useState<Plan | null>(null);
  const preview = async (): Promise<void> => {
    try {
      const ask = await withToken('preview what retention deletes', (client) => answerOf(client.GET('/api/retention')));
      setPlan(ask.data);
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Panel
      title="Retention"
      aside={
        <button type="button" class="button" onClick={() => void preview()}>
          {plan === null ? 'Preview' : 'Preview again'}
        </button>
      }
    >
      {plan === null ? (
        <p class="muted small">
          Shows the rules, and which files the next run of retention deletes. Nothing is changed.
        </p>
      ) : (
        <Preview plan={plan} />
      )}
    </Panel>
  );
}

function Preview({ plan: { rules, stored, due, files } }: { readonly plan: Plan }) {
  return (
    <div class="retention" role="status">
      <p>{rulesText(rules)}</p>
      <p class="muted small">
        Stored: {count(stored.files)} files, {count(stored.lines)} lines, {bytes(stored.bytes)}. Due: {count(due.files)}{' '}
        files, {count(due.lines)} lines, {bytes(due.bytes)}.
      </p>
      {files.length > 0 && (
        <Table
          caption="The files that retention deletes next, oldest first"
          rows={files}
          keyOf={({ id }) => id}
          columns={[
            { title: 'File', cell: ({ name }) => <UserName name={name} /> },
            { title: 'Why', cell: ({ reason }) => (reason === 'age' ? 'too old' : 'too many bytes') },
            {
              title: 'Newest record',
              cell: ({ newest_at }) => <span class="nowrap">{dateTime(Date.parse(newest_at))}</span>,
            },
            { title: 'Lines', isNumber: true, cell: ({ lines }) => count(lines) },
            { title: 'Stored', isNumber: true, cell: (file) => bytes(file.bytes) },
          ]}
        />
      )}
    </div>
  );
}
