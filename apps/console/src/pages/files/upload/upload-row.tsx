import { bytes } from '../../../format/format.ts';
import { visibleName } from '../../../format/visible-text.ts';
import { Link } from '../../../router/link.tsx';
import { path, query } from '../../../router/location.ts';
import { withQuery } from '../../../router/query.ts';
import { Badge } from '../../../ui/badge.tsx';
import { UserName, UserText } from '../../../ui/user-text.tsx';
import { cancel, dismiss, retry, type Upload } from './upload-queue.ts';
import { isCancellable, isOver, isRetryable, shareOf, type UploadState } from './upload-state.ts';
import { badgeOf, stepsOf } from './upload-text.ts';

/** Names of files whose bytes are fewer than those that are read. */
const PACKED = /\.(?:gz|tgz|zst|tzst)$/i;

/** One upload: how far it is, and what the user can do with it. */
export function UploadRow({ upload }: { readonly upload: Upload }) {
  const { file } = upload;
  const state = upload.state.value;
  const { word, tone } = badgeOf(state);
  return (
    <li class="upload" data-phase={state.phase}>
      <div class="upload-head">
        <span class="upload-name">
          <UserName name={file.name} /> <span class="muted small nowrap">{bytes(file.size)}</span>
        </span>
        <Badge tone={tone}>{word}</Badge>
        <Actions upload={upload} state={state} />
      </div>
      {state.error === null ? <Progress upload={upload} state={state} /> : <Refusal state={state} />}
    </li>
  );
}

interface RowProps {
  readonly upload: Upload;
  readonly state: UploadState;
}

function Progress({ upload: { file }, state }: RowProps) {
  if (state.phase === 'cancelled' || state.phase === 'waiting') return null;
  const share = shareOf(state, { sizeBytes: file.size, isPacked: PACKED.test(file.name) });
  const label = `${state.phase === 'sending' ? 'Bytes sent' : 'Bytes read'} of ${visibleName(file.name)}`;
  return (
    <>
      {!isOver(state) && <progress class="upload-bar" aria-label={label} max={1} value={share ?? undefined} />}
      <ol class="file-steps">
        {stepsOf(state, file.size).map(({ step, text, status }) => (
          <li key={step} data-status={status}>
            <span class="visually-hidden">{status === 'done' ? 'Done: ' : status === 'now' ? 'Now: ' : 'Later: '}</span>
            {text}
          </li>
        ))}
      </ol>
    </>
  );
}

function Refusal({ state: { error } }: Pick<RowProps, 'state'>) {
  if (error === null) return null;
  return (
    <p class="small refusal">
      <strong class="bad">{error.title}:</strong> <UserText text={error.detail} />.
      {error.retryAfterS !== null && ` The api asks to wait ${error.retryAfterS} s.`}{' '}
      {error.docs !== null && <a href={error.docs}>What to do</a>}
    </p>
  );
}

function Actions({ upload, state }: RowProps) {
  const name = visibleName(upload.file.name);
  return (
    <span class="upload-actions">
      {state.fileId !== null && state.phase !== 'cancelled' && (
        <Link
          class="button"
          href={withQuery({ path: path.value, query: query.value }, { file: state.fileId })}
          aria-label={`Open ${name}`}
        >
          Open
        </Link>
      )}
      <CancelOrRetry upload={upload} state={state} />
      {isOver(state) && (
        <button
          type="button"
          class="button"
          data-kind="quiet"
          aria-label={`Remove ${name} from this list`}
          onClick={() => remove(upload)}
        >
          ×
        </button>
      )}
    </span>
  );
}

/** One button, so that it keeps the focus when the one becomes the other. */
function CancelOrRetry({ upload, state }: RowProps) {
  const act = isCancellable(state) ? cancel : isRetryable(state) ? retry : null;
  if (act === null) return null;
  const verb = act === cancel ? 'Cancel' : 'Retry';
  return (
    <button
      type="button"
      class="button"
      aria-label={`${verb} ${visibleName(upload.file.name)}`}
      onClick={() => act(upload)}
    >
      {verb}
    </button>
  );
}

/** The button that chooses files takes the focus, which would otherwise be lost with the row. */
function remove(upload: Upload): void {
  dismiss(upload);
  document.querySelector<HTMLElement>('.drop button')?.focus();
}
