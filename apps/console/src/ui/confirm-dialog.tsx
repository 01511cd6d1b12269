import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { UserText } from './user-text.tsx';

export interface ConfirmDialogProps {
  readonly title: string;
  /** The text of the button that confirms. */
  readonly action: string;
  /** `danger` for an action that cannot be undone. Defaults to `primary`. */
  readonly kind?: 'primary' | 'danger';
  /** Runs once the user confirms; the dialog closes before it, so that it may ask for a token. */
  readonly run: () => Promise<void>;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** Asks before an action. Escape and "Cancel", which has the first focus, close it without one. */
export function ConfirmDialog({ title, action, kind = 'primary', run, close, children }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  // The element that had the focus gets it back only from the dialog itself.
  const hide = (): void => dialog.current?.close();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    hide();
    void run();
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby={id} onClose={close}>
      <form onSubmit={submit}>
        <h2 id={id}>
          <UserText text={title} />
        </h2>
        {children}
        <div class="actions">
          <button type="button" class="button" onClick={hide}>
            Cancel
          </button>
          <button type="submit" class="button" data-kind={kind}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
