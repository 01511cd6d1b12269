import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { UserText } from '../../ui/user-text.tsx';

export interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** The word of the button that confirms. */
  readonly action: string;
  readonly confirm: () => void;
  readonly cancel: () => void;
  readonly children: ComponentChildren;
}

/** Asks before an action that cannot be undone. The first focus is on the button that cancels. */
export function ConfirmDialog({ isOpen, title, action, confirm, cancel, children }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (!isOpen) dialog.current?.close();
    else if (!dialog.current?.open) dialog.current?.showModal();
  }, [isOpen]);
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby={id} onClose={cancel}>
      <form method="dialog" onSubmit={(event) => event.preventDefault()}>
        <h2 id={id}>
          <UserText text={title} />
        </h2>
        {children}
        <div class="actions">
          <button type="button" class="button" onClick={cancel}>
            Cancel
          </button>
          <button type="button" class="button" data-kind="danger" onClick={confirm}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
