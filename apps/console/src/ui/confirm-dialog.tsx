import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { UserText } from './user-text.tsx';

export interface ConfirmDialogProps {
  readonly title: string;
  /** The text of the button that confirms. */
  readonly action: string;
  /** Runs once the user confirms; the dialog closes before it, so that it may ask for a token. */
  readonly run: () => Promise<void>;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** Asks before an action. Escape and "Cancel" close it without one. */
export function ConfirmDialog({ title, action, run, close, children }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [isRunning, setRunning] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setRunning(true);
    close();
    await run();
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby={id} onClose={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>
          <UserText text={title} />
        </h2>
        {children}
        <div class="actions">
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="button" data-kind="primary" disabled={isRunning}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
