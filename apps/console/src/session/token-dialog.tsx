import { useEffect, useRef } from 'preact/hooks';
import { UserText } from '../ui/user-text.tsx';
import { question } from './session.ts';

/** Asks for a token when an action needs one. */
export function TokenDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const open = question.value;
  useEffect(() => {
    if (open === null) dialog.current?.close();
    else if (!dialog.current?.open) dialog.current?.showModal();
  }, [open]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = input.current?.value.trim() ?? '';
    if (input.current) input.current.value = '';
    if (text !== '') open?.answer(text);
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="token-title" onClose={() => open?.answer(null)}>
      <form onSubmit={submit}>
        <h2 id="token-title">A token is needed</h2>
        <p>
          The api needs a token to{' '}
          <strong>
            <UserText text={open?.purpose ?? ''} />
          </strong>
          . It stays in this tab until the tab is closed.
        </p>
        {open?.refused != null && (
          <p class="refused" role="alert">
            <UserText text={`The api refused the last token: ${open.refused}.`} />
          </p>
        )}
        <label class="field">
          <span>Token</span>
          <input
            class="input mono"
            type="password"
            name="token"
            autocomplete="off"
            spellcheck={false}
            required
            pattern="\s*[!-~]+\s*"
            title="A token has no spaces, and only letters, digits and signs of ASCII"
            ref={input}
          />
        </label>
        <p class="muted small">
          <code>npm start</code> prints the admin token. Others are made with{' '}
          <code>npm run pilotlight -- token create</code>.
        </p>
        <div class="actions">
          <button type="button" class="button" onClick={() => open?.answer(null)}>
            Cancel
          </button>
          <button type="submit" class="button" data-kind="primary">
            Continue
          </button>
        </div>
      </form>
    </dialog>
  );
}
