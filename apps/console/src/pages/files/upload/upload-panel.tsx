import { useEffect, useRef, useState } from 'preact/hooks';
import { count } from '../../../format/format.ts';
import { Panel } from '../../../ui/panel.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { UserText } from '../../../ui/user-text.tsx';
import { listed } from './upload-list.ts';
import { UploadOptions } from './upload-options.tsx';
import { announcement, dismissAllOver, enqueue, uploads } from './upload-queue.ts';
import { UploadRow } from './upload-row.tsx';
import { isOver } from './upload-state.ts';

/** Takes files by drag and drop, anywhere on the page, or from a dialog, and shows how far each upload is. */
export function UploadPanel() {
  const input = useRef<HTMLInputElement>(null);
  const isDragged = useFileDrop();
  const { shown, waiting } = listed(uploads.value);
  const choose = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    enqueue([...(currentTarget.files ?? [])]);
    // The same file can be chosen again.
    currentTarget.value = '';
  };
  return (
    <Panel title="Upload" aside={<ClearButton />} class="upload-panel">
      <div class="drop" data-dragged={isDragged}>
        <svg class="drop-icon" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 16V4m0 0L7 9m5-5 5 5M4 15v3a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-3" />
        </svg>
        <span class="drop-text">
          <strong>{isDragged ? 'Drop to upload' : 'Drop log files here'}</strong>
          <span class="muted small">Any log format, packed or not. The format is detected from the content.</span>
        </span>
        <button type="button" class="button" data-kind="primary" onClick={() => input.current?.click()}>
          Choose files
        </button>
        <input ref={input} type="file" multiple hidden onChange={choose} data-upload-input />
      </div>
      <UploadOptions />
      {shown.length > 0 && (
        <ul class="uploads" aria-label="Uploads of this tab">
          {shown.map((upload) => (
            <UploadRow key={upload.id} upload={upload} />
          ))}
        </ul>
      )}
      {waiting > 0 && <p class="muted small">{count(waiting)} more uploads wait.</p>}
      <p class="visually-hidden" role="status" aria-live="polite">
        <UserText text={announcement.value} />
      </p>
    </Panel>
  );
}

function ClearButton() {
  const over = uploads.value.filter(({ state }) => isOver(state.value)).length;
  if (over < 2) return null;
  return (
    <button type="button" class="button upload-clear" data-kind="quiet" onClick={dismissAllOver}>
      Clear the {over} that ended
    </button>
  );
}

/** Returns whether files are dragged over the window. Files that are dropped beside the zone do not replace the page. */
function useFileDrop(): boolean {
  const [isDragged, setDragged] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setDragged(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDragged(false);
    };
    const drop = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setDragged(false);
      enqueue(filesOf(event.dataTransfer));
    };
    window.addEventListener('dragover', over, { signal });
    window.addEventListener('dragleave', leave, { signal });
    window.addEventListener('drop', drop, { signal });
    return () => stop.abort();
  }, []);
  return isDragged;
}

/** Returns the files that were dropped. A folder is no file: the browser could not read it. */
function filesOf({ items }: DataTransfer): File[] {
  return [...items].flatMap((item) => {
    if (item.kind !== 'file') return [];
    const file = item.getAsFile();
    if (!item.webkitGetAsEntry()?.isDirectory) return file === null ? [] : [file];
    toast(`A folder cannot be uploaded: ${file?.name ?? 'unnamed'}. Drop the files in it.`, 'warn');
    return [];
  });
}
