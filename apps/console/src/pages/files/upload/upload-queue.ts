import { ApiProblem, answerOf, newStreamState, readEvents, type UploadFields } from '@pilotlight/client';
import { type Signal, signal } from '@preact/signals';
import { messageOf } from '../../../format/error-text.ts';
import { authorization, client, TokenNotGiven, withToken } from '../../../session/session.ts';
import { noteWrite } from '../own-writes.ts';
import { sendFile } from './send-file.ts';
import { kept } from './upload-list.ts';
import {
  afterEvent,
  type FileEvent,
  isOver,
  isRunning,
  lost,
  type Refusal,
  refusalOf,
  type UploadState,
  unanswered,
  undeleted,
  WAITING,
} from './upload-state.ts';

/** Two uploads, with the events of two that end, and the live state: a browser opens six connections to one server. */
const MAX_RUNNING = 2;
const MAX_FOLLOWED = 2;
const RECONNECTIONS = 5;

/** A file that the user gave, and how far it is. */
export interface Upload {
  readonly id: number;
  readonly file: File;
  readonly readAs: UploadFields;
  readonly state: Signal<UploadState>;
  readonly stop: AbortController;
}

/** All uploads of this tab, oldest first. They continue while another page of the console is shown. */
export const uploads = signal<readonly Upload[]>([]);
/** Changes with each upload that the api has stored, indexed or refused to read. */
export const changes = signal(0);
/** How to read what the files that are added next leave open. */
export const chosenReadAs = signal<UploadFields>({});
/** The last step of an upload, for screen readers. */
export const announcement = signal('');

let lastId = 0;
/** Uploads whose lines can be found; their warming is awaited. */
const followed: Upload[] = [];

/** Adds files to the queue. */
export function enqueue(files: readonly File[], readAs: UploadFields = chosenReadAs.peek()): void {
  const added = files.map((file) => ({
    id: ++lastId,
    file,
    readAs,
    state: signal<UploadState>(WAITING),
    stop: new AbortController(),
  }));
  uploads.value = [...uploads.peek(), ...added];
  startNext();
}

/** Stops an upload. One whose bytes are all sent is deleted once the api has answered: it may be stored already. */
export function cancel(upload: Upload): void {
  const { state, stop, file } = upload;
  if (state.peek().phase === 'sending' && state.peek().done.includes('sent')) {
    update(upload, { ...state.peek(), phase: 'cancelling' });
    return;
  }
  stop.abort(new Cancelled());
  update(upload, { ...state.peek(), phase: 'cancelled' });
  announcement.value = `${file.name}: cancelled`;
  startNext();
}

/** Sends a refused or cancelled upload again, as a new one at the end of the queue. */
export function retry(upload: Upload): void {
  dismiss(upload);
  enqueue([upload.file], upload.readAs);
}

/** Removes an upload that is over from the list. */
export function dismiss(upload: Upload): void {
  uploads.value = uploads.peek().filter((one) => one !== upload);
}

/** Removes the upload of a file that is deleted, and stops to follow it. */
export function dismissFile(fileId: string): void {
  for (const upload of uploads.peek().filter(({ state }) => state.peek().fileId === fileId)) {
    upload.stop.abort();
    dismiss(upload);
  }
}

export function dismissAllOver(): void {
  uploads.value = uploads.peek().filter(({ state }) => !isOver(state.peek()));
}

class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

function startNext(): void {
  uploads.value = kept(uploads.peek(), ({ state }) => isOver(state.peek()));
  for (const upload of uploads.peek()) {
    if (uploads.peek().filter(({ state }) => isRunning(state.peek())).length >= MAX_RUNNING) return;
    if (upload.state.peek().phase === 'waiting') void run(upload);
  }
}

async function run(upload: Upload): Promise<void> {
  update(upload, { ...WAITING, phase: 'sending' });
  announcement.value = `${upload.file.name}: uploading`;
  try {
    const fileId = await send(upload);
    if (upload.state.peek().phase === 'cancelling') await remove(upload, fileId);
    else await follow(upload, fileId);
  } catch (error) {
    if (!upload.stop.signal.aborted) refuse(upload, error);
  } finally {
    startNext();
  }
}

async function send(upload: Upload): Promise<string> {
  const { file, readAs, state, stop } = upload;
  const { data, response } = await withToken(`upload ${file.name}`, () => {
    // The user may have cancelled while the token was asked for.
    stop.signal.throwIfAborted();
    update(upload, { ...state.peek(), phase: 'sending', sentBytes: 0, done: [] });
    return sendFile(file, {
      readAs,
      authorization: authorization.peek(),
      signal: stop.signal,
      onSent: (bytes) => update(upload, { ...state.peek(), sentBytes: Math.min(bytes, file.size) }),
      onAllSent: () => update(upload, { ...state.peek(), sentBytes: file.size, done: ['sent'] }),
    });
  });
  noteWrite(response);
  changes.value++;
  const { id } = data.file;
  const before = state.peek();
  update(upload, { ...before, fileId: id, ...(before.phase !== 'cancelling' && { phase: 'reading' }) });
  return id;
}

/** Reads the events of a stored file until the last one, also over broken connections. */
async function follow(upload: Upload, fileId: string): Promise<void> {
  const { state, stop } = upload;
  const stream = newStreamState();
  const path = `/api/files/${encodeURIComponent(fileId)}/events`;
  for (let failures = 0; !isOver(state.peek()); ) {
    try {
      for await (const { event = '', data } of readEvents(client.peek(), path, stop.signal, stream)) {
        accept(upload, { event, data: JSON.parse(data) });
        failures = 0;
        if (isOver(state.peek())) break;
      }
    } catch (error) {
      if (stop.signal.aborted) break;
      if (++failures > RECONNECTIONS) update(upload, lost(state.peek(), messageOf(error)));
    }
    if (!isOver(state.peek())) await new Promise((resolve) => setTimeout(resolve, stream.retryMs));
  }
  if (!isOver(state.peek())) update(upload, { ...state.peek(), phase: 'ended' });
}

function accept(upload: Upload, event: FileEvent): void {
  const before = upload.state.peek();
  const after = afterEvent(before, event);
  update(upload, after);
  const { name } = upload.file;
  if (event.event === 'indexed') announcement.value = `${name}: indexed, ${after.lines} lines`;
  if (event.event === 'failed') announcement.value = `${name}: ${after.error?.title}`;
  if (event.event === 'indexed' || event.event === 'failed') changes.value++;
  if (event.event === 'invalidated') awaitWarming(upload);
}

/** Gives the place of an upload to the next one. The oldest wait for a warming ends if too many wait. */
function awaitWarming(upload: Upload): void {
  followed.push(upload);
  if (followed.length > MAX_FOLLOWED) followed.shift()?.stop.abort();
  startNext();
}

/** Deletes a file whose upload the user has cancelled while the api stored it. */
async function remove(upload: Upload, fileId: string): Promise<void> {
  const { file, state } = upload;
  try {
    const { response } = await withToken(`delete the file ${file.name}`, (api) =>
      answerOf(api.DELETE('/api/files/{id}', { params: { path: { id: fileId } } })),
    );
    noteWrite(response);
  } catch (error) {
    fail(upload, undeleted(state.peek(), messageOf(error)));
    return;
  }
  changes.value++;
  update(upload, { ...state.peek(), phase: 'cancelled' });
  announcement.value = `${file.name}: cancelled`;
}

function refuse(upload: Upload, error: unknown): void {
  const { state } = upload;
  if (error instanceof TokenNotGiven) {
    update(upload, { ...WAITING, phase: 'cancelled' });
    return;
  }
  const refusal = refusalIn(error);
  const before = state.peek();
  const isUnanswered = typeof refusal === 'string' && before.done.includes('sent');
  fail(upload, isUnanswered ? unanswered(before, refusal) : { ...before, phase: 'refused', error: refusalOf(refusal) });
  if (isUnanswered) changes.value++;
}

function fail(upload: Upload, state: UploadState): void {
  update(upload, state);
  announcement.value = `${upload.file.name}: ${state.error?.title}. ${state.error?.detail}`;
}

function refusalIn(error: unknown): Refusal | string {
  if (error instanceof ApiProblem && error.problem !== null)
    return { problem: error.problem, retryAfterS: error.retryAfterS };
  return messageOf(error);
}

function update(upload: Upload, state: UploadState): void {
  upload.state.value = state;
}

// Closing the tab ends the uploads that are not sent yet.
window.addEventListener('beforeunload', (event) => {
  const isSending = ({ state }: Upload) => state.peek().phase === 'waiting' || state.peek().phase === 'sending';
  if (uploads.peek().some(isSending)) event.preventDefault();
});
