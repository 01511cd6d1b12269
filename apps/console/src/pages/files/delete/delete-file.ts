import { answerOf, type paths } from '@pilotlight/client';
import { signal } from '@preact/signals';
import { query, setQuery } from '../../../router/location.ts';
import { withToken } from '../../../session/session.ts';
import { toastError } from '../../../ui/toasts.tsx';
import type { LogFile } from '../log-file.ts';
import { noteWrite } from '../own-writes.ts';
import { changes, dismissFile } from '../upload/upload-queue.ts';
import { groupsOf } from './groups.ts';

type Deletion = paths['/api/files/{id}']['delete']['responses'][200]['content']['application/json']['invalidation'];

/** The result of a deletion: when no process serves the lines any more. */
export interface Receipt {
  readonly fileId: string;
  readonly name: string;
  readonly lines: number;
  readonly state: 'applied' | 'pending';
  readonly position: number | null;
  /** How long every process took to confirm the invalidation, in ms; null while it is pending. */
  readonly receiptMs: number | null;
  /** When each process confirmed; empty while it is pending. */
  readonly processes: Deletion['processes'];
  /** How long the whole request took, in ms. */
  readonly tookMs: number;
  /** The groups of answers that may have changed. */
  readonly groups: readonly string[];
}

const MAX_RECEIPTS = 3;

/** The file that the user is asked about; the dialog shows it. */
export const asked = signal<LogFile | null>(null);
/** Receipts of the deletions in this tab, newest first. */
export const receipts = signal<readonly Receipt[]>([]);

/** Deletes a file; its receipt comes once no process serves its lines, or with the state `pending`. */
export async function deleteFile({ id, name, line_count: lines }: LogFile): Promise<void> {
  const began = performance.now();
  try {
    const { data, response } = await withToken(`delete the file ${name}`, (client) =>
      answerOf(client.DELETE('/api/files/{id}', { params: { path: { id } } })),
    );
    const tookMs = performance.now() - began;
    noteWrite(response);
    const { state, position, receipt_ms: receiptMs, processes } = data.invalidation;
    const groups = groupsOf(response.headers.get('cache-group-invalidation'));
    const receipt = { fileId: id, name, lines, state, position, receiptMs, processes, tookMs, groups };
    receipts.value = [receipt, ...receipts.peek()].slice(0, MAX_RECEIPTS);
    dismissFile(id);
    changes.value++;
    if (query.peek().get('file') === id) setQuery({ file: null }, { replace: true });
  } catch (error) {
    toastError(error);
  }
}

export function closeReceipt(receipt: Receipt): void {
  receipts.value = receipts.peek().filter((one) => one !== receipt);
}
