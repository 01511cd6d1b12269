import { ApiProblem, answerOf } from '@pilotlight/client';
import { useEffect, useRef } from 'preact/hooks';
import { useLive } from '../../../live/live.ts';
import { setQuery } from '../../../router/location.ts';
import { useAnswer } from '../../../session/use-answer.ts';
import { FileStatus } from '../../../ui/file-status.tsx';
import { Empty, Failed, Loading } from '../../../ui/states.tsx';
import { UserName, UserText } from '../../../ui/user-text.tsx';
import type { FileDetail as Detail } from '../log-file.ts';
import { Served } from '../served.tsx';
import { changes } from '../upload/upload-queue.ts';
import { DetailActions } from './detail-actions.tsx';
import { DetailFacts } from './detail-facts.tsx';
import { FileLevels } from './file-levels.tsx';
import { FileStory } from './file-story.tsx';

/** One file: its numbers, its levels, what became of its changes, and what can be done with it. */
export function FileDetail({ id }: { readonly id: string }) {
  const position = useLive('upcoming')?.data.log.applied ?? 0;
  const heading = useRef<HTMLHeadingElement>(null);
  const { answer, error, tookMs, reload } = useAnswer(
    (client, signal) => answerOf(client.GET('/api/files/{id}', { params: { path: { id } }, signal })),
    [id, position, changes.value],
  );
  const isShown = answer !== null || error !== null;
  useEffect(() => {
    if (isShown) heading.current?.focus();
  }, [isShown]);
  const file = answer?.data.file ?? null;
  return (
    <section class="panel detail" aria-label="The open file">
      <div class="panel-head detail-head">
        <h2 tabIndex={-1} ref={heading}>
          {file === null ? 'File' : <UserName name={file.name} />}
        </h2>
        <button type="button" class="button" data-kind="quiet" aria-label="Close the file" onClick={close}>
          ×
        </button>
      </div>
      {file === null ? (
        <NoFile error={error} reload={reload} isAnswered={answer !== null} />
      ) : (
        <Body file={file} error={error} reload={reload}>
          <Served outcome={null} tookMs={tookMs} />
        </Body>
      )}
    </section>
  );
}

/** The row of the file takes the focus, which would otherwise be lost with the button. */
function close(): void {
  document.querySelector<HTMLElement>('.file-row[data-open="true"] a')?.focus();
  setQuery({ file: null });
}

interface NoFileProps {
  readonly isAnswered?: boolean;
  readonly error: unknown;
  readonly reload: () => void;
}

function NoFile({ error, reload, isAnswered = false }: NoFileProps) {
  if (error === null && !isAnswered) return <Loading what="the file" />;
  // An id such as "." names another route, whose answer has no file.
  if (error === null || (error instanceof ApiProblem && error.status === 404))
    return <Empty title="There is no such file" hint="It was deleted, or was never uploaded." />;
  return <Failed error={error} retry={reload} purpose="read a file" />;
}

interface BodyProps extends NoFileProps {
  readonly file: Detail;
  readonly children: preact.ComponentChildren;
}

function Body({ file, error, reload, children }: BodyProps) {
  if (error instanceof ApiProblem && error.status === 404) return <NoFile error={error} reload={reload} />;
  return (
    <>
      <p class="detail-state">
        <FileStatus status={file.status} />
        {children}
      </p>
      {error !== null && <Failed error={error} retry={reload} purpose="read the file" />}
      {file.error !== null && (
        <div class="notice" data-tone="bad">
          <span class="mark" aria-hidden="true">
            ✕
          </span>
          <span>
            <strong>Its lines cannot be read.</strong> <UserText text={file.error} />
          </span>
        </div>
      )}
      <DetailActions file={file} />
      <DetailFacts file={file} />
      {file.status === 'indexed' && file.line_count > 0 && <FileLevels id={file.id} />}
      <FileStory file={file} />
    </>
  );
}
