import { askForToken, hasToken, setToken } from './session.ts';

/** Takes a token before an action needs it, or forgets it. */
export function SessionButton() {
  const press = (): void => {
    if (hasToken.peek()) setToken(null);
    else void askForToken('read and change what it allows');
  };
  return (
    <button type="button" class="button" data-kind="quiet" onClick={press}>
      {hasToken.value ? 'Forget token' : 'Use token'}
    </button>
  );
}
