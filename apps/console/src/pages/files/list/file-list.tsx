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
import { filesQueryOf, PAGE_SIZE, PAGE_SIZES } from './list-query.ts';
import { ListTools } from './list-tools.tsx';
import { Totals } from './totals.tsx';

/** The files in the log, newest first. Asked again when the invalidation log moves, and after each change of this tab. */
export function FileList({ openId }: { readonly openId: string | null }) {
  const position = useLive('upcoming')?.data.log.applied ?? 0;
  const parameters = filesQueryOf(query.value);
  const { answer, error, tookMs, reload } = useAnswer(
    (client, signal) =>
      answerOf(client.GET('/api/files', { params: { query: parameters }, headers: afterOwnWrites(), signal })),
    [position, changes.value, JSON.stringify(parameters)],
  );
  const serving = answer === null ? null : { outcome: answer.outcome, tookMs };
  return (
    <Panel title="Files" aside={answer && <Totals stats={answer.data.stats} />} class="files">
      <ListTools stats={answer?.data.stats ?? null} />
      {error !== null && <Failed error={error} retry={reload} purpose="list the files" />}
      {answer === null && error === null && <Loading what="the files" />}
      {answer !== null && <Page {...answer.data} serving={serving} parameters={parameters} openId={openId} />}
    </Panel>
  );
}

interface PageProps extends Pick<FilesAnswer, 'files' | 'next'> {
  readonly serving: Serving | null;
  readonly parameters: Parameters;
  readonly openId: string | null;
}

function Page({ files, next, serving, parameters, openId }: PageProps) {
  return (
    <>
      {files.length === 0 ? (
        <Nothing {...parameters} />
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
        <Pager {...parameters} next={next} />
      </div>
    </>
  );
}

type Parameters = ReturnType<typeof filesQueryOf>;

function Nothing({ cursor, state, name }: Parameters) {
  if (cursor !== undefined) return <Empty title="No older file" hint="The files of this page were deleted." />;
  if (state === undefined && name === undefined)
    return <Empty title="No file yet" hint="Drop a log file above, or choose one." />;
  return (
    <Empty title="No file matches the filter">
      <button type="button" class="button" onClick={() => setQuery({ state: null, name: null })}>
        Show all files
      </button>
    </Empty>
  );
}

function Pager({ cursor, next, limit }: Parameters & { readonly next: string | null }) {
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
      <button type="button" class="button" disabled={cursor === undefined} onClick={() => setQuery({ cursor: null })}>
        Newest
      </button>
      <button type="button" class="button" disabled={next === null} onClick={() => setQuery({ cursor: next })}>
        Older
      </button>
    </div>
  );
}
