import { useEffect, useRef, useState } from 'preact/hooks';
import { bytes } from '../../../format/format.ts';
import { UserName } from '../../../ui/user-text.tsx';
import { counted, type LogFile, spanOf } from '../log-file.ts';
import { asked, deleteFile } from './delete-file.ts';

/** Asks before a deletion: says what is lost, and which answers are invalidated. */
export function DeleteDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isDeleting, setDeleting] = useState(false);
  const file = asked.value;
  useEffect(() => {
    if (file === null) dialog.current?.close();
    else if (!dialog.current?.open) dialog.current?.showModal();
  }, [file]);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (file === null || isDeleting) return;
    setDeleting(true);
    // The dialog of the token, if one is needed, is above this one.
    await deleteFile(file);
    setDeleting(false);
    asked.value = null;
  };
  return (
    <dialog
      class="dialog"
      ref={dialog}
      aria-labelledby="delete-title"
      onClose={() => {
        asked.value = null;
      }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="delete-title">Delete {file && <UserName name={file.name} />}?</h2>
        {file && <Consequences file={file} />}
        <div class="actions">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Keep the file
          </button>
          <button type="submit" class="button" data-kind="danger" disabled={isDeleting}>
            {isDeleting ? 'Deleting…' : 'Delete the file'}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function Consequences({ file }: { readonly file: LogFile }) {
  const span = spanOf(file);
  return (
    <>
      <dl class="consequences">
        <dt>Lost</dt>
        <dd>
          {file.line_count > 0 ? `${counted(file.line_count, 'line')} and ` : ''}
          {bytes(file.size_bytes)} as uploaded{span === null ? '' : `, from ${span}`}. It cannot be undone.
        </dd>
        <dt>Invalidated</dt>
        <dd>
          The list of files, and every statistic and search that may include its lines. They are loaded again when they
          are read, and those in demand at once.
        </dd>
      </dl>
      <p class="muted small">The answer comes once no process serves a line of it.</p>
    </>
  );
}
