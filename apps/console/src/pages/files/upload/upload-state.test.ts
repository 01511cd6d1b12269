import { expect, test } from 'vitest';
import {
  afterEvent,
  type FileEvent,
  isCancellable,
  isOver,
  isRetryable,
  isRunning,
  lost,
  refusalOf,
  shareOf,
  type UploadState,
  unanswered,
  undeleted,
  WAITING,
} from './upload-state.ts';

const SENT: UploadState = { ...WAITING, phase: 'sending', sentBytes: 100, done: ['sent'] };
const EVENTS: FileEvent[] = [
  { event: 'stored', data: {} },
  { event: 'progress', data: { attempt: 1, lines: 40, bytes: 60 } },
  { event: 'indexed', data: { format: 'application', line_count: 90, error_count: 3 } },
  { event: 'invalidated', data: { position: 12 } },
  { event: 'warmed', data: { state: 'done', prefixes: ['files'] } },
];
const after = (events: readonly FileEvent[], from = SENT) => events.reduce(afterEvent, from);

test('the events of a file complete its steps in order', () => {
  const end = after(EVENTS);
  expect(end.done).toEqual(['sent', 'stored', 'indexed', 'invalidated', 'warmed']);
  expect(end).toMatchObject({ phase: 'ended', lines: 90, errorCount: 3, format: 'application', position: 12 });
});

test('a repeated event after a reconnection changes no step', () => {
  expect(after([...EVENTS, ...EVENTS]).done).toEqual(after(EVENTS).done);
});

test('an upload gives its place to the next one once it is invalidated', () => {
  expect(EVENTS.map((_, i) => isRunning(after(EVENTS.slice(0, i + 1))))).toEqual([true, true, true, false, false]);
  expect(isOver(after(EVENTS.slice(0, 4)))).toBe(false);
});

test('a failed file says why, and is over', () => {
  const failed = after([...EVENTS.slice(0, 2), { event: 'failed', data: { error: 'not a log' } }]);
  expect(failed).toMatchObject({ phase: 'failed', error: { detail: 'not a log' } });
  expect([isOver(failed), isCancellable(failed)]).toEqual([true, false]);
});

test('given a cancelled upload whose deletion fails, the file is stored and not sent again', () => {
  const state = undeleted({ ...SENT, phase: 'cancelling', fileId: 'a' }, 'no answer');
  expect(state).toMatchObject({ phase: 'failed', fileId: 'a', error: { detail: 'no answer' } });
  expect(state.error?.title).toContain('the file is stored');
  expect([isOver(state), isRetryable(state)]).toEqual([true, false]);
});

test('given a broken connection after the last byte, the file may be stored and is not sent again', () => {
  const state = unanswered(SENT, 'the connection broke');
  expect(state.error?.title).toContain('may be stored');
  expect([isOver(state), isRetryable(state)]).toEqual([true, false]);
});

test('a warming that is not reported is not shown as done', () => {
  const end = after([...EVENTS.slice(0, 4), { event: 'warmed', data: { state: 'unknown', prefixes: [] } }]);
  expect(end).toMatchObject({ phase: 'ended', isWarmingUnknown: true });
  expect(end.done).not.toContain('warmed');
});

test('the share is of the bytes sent, then of the bytes read', () => {
  const size = { sizeBytes: 200, isPacked: false };
  expect(shareOf({ ...WAITING, phase: 'sending', sentBytes: 50 }, size)).toBe(0.25);
  expect(shareOf(after(EVENTS.slice(0, 2)), size)).toBe(0.3);
  expect(shareOf(after(EVENTS), size)).toBe(1);
});

test('the share of a packed file that is read is unknown', () => {
  expect(shareOf(after(EVENTS.slice(0, 2)), { sizeBytes: 200, isPacked: true })).toBeNull();
});

const TOO_LARGE = {
  title: 'File too large',
  detail: 'expected at most 1 byte',
  type: '/docs/errors#UPLOAD_TOO_LARGE',
  status: 413,
};

test('a refusal links to its documentation, and to no other address', () => {
  const { title, detail, type: docs } = TOO_LARGE;
  const refusal = refusalOf({ problem: TOO_LARGE, retryAfterS: null });
  expect(refusal).toEqual({ title, detail, docs, retryAfterS: null, isRetryable: false });
  expect(refusalOf({ problem: { ...TOO_LARGE, type: 'javascript:alert(1)' }, retryAfterS: null }).docs).toBeNull();
});

test('a file can be sent again unless it is the reason of its refusal', () => {
  const refused = (error: UploadState['error']) => isRetryable({ ...WAITING, phase: 'refused', error });
  expect(refused(refusalOf({ problem: TOO_LARGE, retryAfterS: null }))).toBe(false);
  expect(refused(refusalOf({ problem: { ...TOO_LARGE, status: 507 }, retryAfterS: 5 }))).toBe(true);
  expect(refused(refusalOf('the connection broke'))).toBe(true);
  expect(isRetryable({ ...WAITING, phase: 'cancelled' })).toBe(true);
  expect(isRetryable(lost(SENT, 'no stream'))).toBe(false);
});
