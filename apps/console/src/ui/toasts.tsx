import { signal } from '@preact/signals';
import { messageOf } from '../format/error-text.ts';
import { TokenNotGiven } from '../session/session.ts';
import { UserText } from './user-text.tsx';

export type Tone = 'ok' | 'warn' | 'bad' | 'accent' | 'plain';

interface ToastMessage {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
}

const SHOWN_MS = 6_000;
const MAX_SHOWN = 4;

const messages = signal<readonly ToastMessage[]>([]);
let lastId = 0;

/** Shows a message for some seconds, and reads it to screen readers. An error remains until it is closed. */
export function toast(text: string, tone: Tone = 'ok'): void {
  const id = ++lastId;
  messages.value = [...messages.peek(), { id, tone, text }].slice(-MAX_SHOWN);
  if (tone !== 'bad') setTimeout(() => close(id), SHOWN_MS);
}

/** Shows the error of an action. A user who gave no token knows it. */
export function toastError(error: unknown): void {
  if (!(error instanceof TokenNotGiven)) toast(messageOf(error), 'bad');
}

function close(id: number): void {
  messages.value = messages.peek().filter((message) => message.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {messages.value.map(({ id, tone, text }) => (
        <div key={id} class="toast" data-tone={tone}>
          <UserText text={text} />
          <button
            type="button"
            class="button"
            data-kind="quiet"
            aria-label="Close the message"
            onClick={() => close(id)}
          >
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
