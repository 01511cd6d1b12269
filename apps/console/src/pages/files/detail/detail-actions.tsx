import { ApiProblem } from '@pilotlight/client';
import { useState } from 'preact/hooks';
import { Link } from '../../../router/link.tsx';
import { withToken } from '../../../session/session.ts';
import { toast, toastError } from '../../../ui/toasts.tsx';
import { asked } from '../delete/delete-file.ts';
import type { LogFile } from '../log-file.ts';
import { savedName } from './saved-name.ts';

/** Searches the lines of a file, saves its bytes, and deletes it. */
export function DetailActions({ file }: { readonly file: LogFile }) {
  const [isSaving, setSaving] = useState(false);
  const save = async (): Promise<void> => {
    setSaving(true);
    await download(file);
    setSaving(false);
  };
  return (
    <div class="detail-actions">
      {file.status === 'indexed' && (
        <Link class="button" href={`/search?file_id=${encodeURIComponent(file.id)}`}>
          Search its lines
        </Link>
      )}
      <button type="button" class="button" disabled={isSaving} onClick={() => void save()}>
        {isSaving ? 'Downloading…' : 'Download'}
      </button>
      <button
        type="button"
        class="button"
        data-kind="danger"
        onClick={() => {
          asked.value = file;
        }}
      >
        Delete
      </button>
    </div>
  );
}

/** Saves the bytes of a file. A link could not send the token. */
async function download({ id, name }: LogFile): Promise<void> {
  try {
    const content = await withToken(`download the file ${name}`, async ({ send, urlOf }) => {
      const response = await send(new Request(urlOf(`/api/files/${encodeURIComponent(id)}/content`)), {
        timeout: false,
      });
      return await response.blob();
    });
    const url = URL.createObjectURL(content);
    const link = document.createElement('a');
    link.href = url;
    link.download = savedName(name);
    link.click();
    // The browser has begun to save it once this turn ends.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'CONTENT_FREED') toast(error.message, 'warn');
    else toastError(error);
  }
}
