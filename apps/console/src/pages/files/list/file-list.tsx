import { answerOf } from '@pilotlight/client';
import { useLive } from '../../../live/live.ts';
import { query, setQuery } from '../../../router/location.ts';
import { useAnswer } from '../../../session/use-answer.ts';
import { Panel } from '../../../ui/panel.tsx';
import { Empty, Failed, Loading } from '../../../ui/states.tsx';
import type { FilesAnswer } from '../log-file.ts';
import { afterOwnWrites } from '../own-writes.ts';
import { Served, type Serving } from '../served.tsx';
import { changes } from '../upload/upload-queue.ts';
import { FileRow } from './file-row.tsx';
import { Totals } from './totals.tsx';

const PAGE_SIZES = [25, 50, 100, 250] as const;
const PAGE_SIZE = 50;

/** The files in the log, newest first. Asked again when the invalidation log moves, and after each change of this tab. */
export function FileList({ openId }: { readonly openId: string | null }) {
  const position = useLive('upcoming')?.data.log.applied ?? 0;
  const cursor = query.value.get('cursor');
  const limit = pageSizeOf(query.value.get('rows'));
  const { answer, error, tookMs, reload } = useAnswer(
    (client, signal) => {
      const parameters = { limit, ...(cursor !== null && { cursor }) };
      return answerOf(client.GET('/api/files', { params: { query: parameters }, headers: afterOwnWrites(), signal }));
    },
    [position, changes.value, cursor, limit],
  );
  const serving = answer === null ? null : { outcome: answer.outcome, tookMs };
  return (
    <Panel title="Files" aside={answer && <Totals stats={answer.data.stats} />} class="files">
      {error !== null && <Failed error={error} retry={reload} purpose="list the files" />}
      {answer === null && error === null && <Loading what="the files" />}
      {answer !== null && <Page {...answer.data} serving={serving} cursor={cursor} limit={limit} openId={openId} />}
    </Panel>
  );
}

interface PageProps extends Pick<FilesAnswer, 'files' | 'next'> {
  readonly serving: Serving | null;
  readonly cursor: string | null;
  readonly limit: number;
  readonly openId: string | null;
}

function Page({ files, next, serving, cursor, limit, openId }: PageProps) {
  return (
    <>
      {files.length === 0 ? (
        <Nothing isFirst={cursor === null} />
      ) : (
        <div class="file-table">
          <div class="file-heads" aria-hidden="true">
            <span>Name</span>
            <span>State</span>
            <span class="num">Lines</span>
            <span class="num">Errors</span>
            <span class="num">Size</span>
            <span class="wide">Format</span>
            <span class="wide">Records</span>
            <span>Uploaded</span>
          </div>
          <ul class="file-rows" aria-label="Files, newest first">
            {files.map((file) => (
              <FileRow key={file.id} file={file} isOpen={file.id === openId} />
            ))}
          </ul>
        </div>
      )}
      <div class="files-foot">
        {serving && <Served {...serving} />}
        <Pager cursor={cursor} next={next} limit={limit} />
      </div>
    </>
  );
}

function Nothing({ isFirst }: { readonly isFirst: boolean }) {
  if (isFirst) return <Empty title="No file yet" hint="Drop a log file above, or choose one." />;
  return <Empty title="No older file" hint="The files of this page were deleted." />;
}

function Pager({
  cursor,
  next,
  limit,
}: {
  readonly cursor: string | null;
  readonly next: string | null;
  readonly limit: number;
}) {
  return (
    <div class="pager">
      <label class="small muted">
        Rows{' '}
        <select
          class="input"
          value={String(limit)}
          onChange={({ currentTarget }) =>
            setQuery({ rows: currentTarget.value === String(PAGE_SIZE) ? null : currentTarget.value, cursor: null })
          }
        >
          {PAGE_SIZES.map((size) => (
            <option key={size} value={String(size)}>
              {size}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="button" disabled={cursor === null} onClick={() => setQuery({ cursor: null })}>
        Newest
      </button>
      <button type="button" class="button" disabled={next === null} onClick={() => setQuery({ cursor: next })}>
        Older
      </button>
    </div>
  );
}

function pageSizeOf(rows: string | null): number {
  return PAGE_SIZES.find((size) => String(size) === rows) ?? PAGE_SIZE;
}
