import { answerOf, type paths } from '@pilotlight/client';
import { count, dateTime } from '../../format/format.ts';
import { useAnswer } from '../../session/use-answer.ts';
import { FileStatus } from '../../ui/file-status.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { UserName } from '../../ui/user-text.tsx';

type LogFile = paths['/api/files']['get']['responses'][200]['content']['application/json']['files'][number];

/** The latest uploads: what changed the data, and so invalidated answers. Asked again when the invalidation log moves. */
export function Changes({ position }: { readonly position: number }) {
  const { answer, error, reload } = useAnswer(
    (client, signal) => answerOf(client.GET('/api/files', { params: { query: { limit: 5 } }, signal })),
    [position],
  );
  return (
    <Panel title="Latest changes" aside={<span class="muted small">Invalidations so far: {count(position)}</span>}>
      <p class="muted small changes-text">
        An upload or a deletion is acknowledged once no process serves an answer without it: the answers that may
        contain its lines are invalidated everywhere.
      </p>
      <Body files={answer?.data.files ?? null} error={error} retry={reload} />
    </Panel>
  );
}

interface BodyProps {
  readonly files: readonly LogFile[] | null;
  readonly error: unknown;
  readonly retry: () => void;
}

function Body({ files, error, retry }: BodyProps) {
  if (files === null && error !== null) return <Failed error={error} retry={retry} purpose="list the files" />;
  if (files === null) return <Loading what="the files" />;
  return (
    <>
      {error !== null && <Failed error={error} retry={retry} purpose="list the files" />}
      {files.length === 0 ? (
        <Empty title="No file has been uploaded" hint="Upload one on the page Files." />
      ) : (
        <Files files={files} />
      )}
    </>
  );
}

function Files({ files }: { readonly files: readonly LogFile[] }) {
  return (
    <Table
      caption="The latest uploads"
      rows={files}
      keyOf={({ id }) => id}
      columns={[
        {
          title: 'File',
          cell: ({ name }) => (
            <span class="changes-file">
              <UserName name={name} />
            </span>
          ),
        },
        { title: 'State', cell: ({ status }) => <FileStatus status={status} /> },
        { title: 'Lines', isNumber: true, cell: ({ line_count }) => (line_count === null ? '–' : count(line_count)) },
        {
          title: 'Uploaded',
          cell: ({ uploaded_at }) => <span class="changes-when">{dateTime(Date.parse(uploaded_at))}</span>,
        },
      ]}
    />
  );
}
