import { ApiProblem } from '@pilotlight/client';
import type { ComponentChildren } from 'preact';
import { messageOf } from '../format/error-text.ts';
import { askForToken, isRefused } from '../session/session.ts';
import { UserText } from './user-text.tsx';

/** The state while data are on their way. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div class="state" role="status">
      <span class="visually-hidden">Loading {what}</span>
      <div class="skeleton" />
      <div class="skeleton" />
    </div>
  );
}

export interface EmptyProps {
  readonly title: string;
  readonly hint?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** The state without data: what is missing, and how it comes. */
export function Empty({ title, hint, children }: EmptyProps) {
  return (
    <div class="state">
      <strong>{title}</strong>
      {hint !== undefined && <span>{hint}</span>}
      {children}
    </div>
  );
}

export interface FailedProps {
  readonly error: unknown;
  readonly retry?: (() => void) | undefined;
  /** What needs a token, if the error is a refusal: "see the hot keys". */
  readonly purpose?: string;
}

/** The state after an error. A refusal for lack of a token is the forbidden state. */
export function Failed({ error, retry, purpose = 'see this' }: FailedProps) {
  if (isRefused(error)) return <Forbidden purpose={purpose} error={error} retry={retry} />;
  return (
    <div class="state" role="alert">
      <strong>{error instanceof ApiProblem ? 'The api answered with an error' : 'It could not be shown'}</strong>
      <UserText text={messageOf(error)} />
      {retry && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface ForbiddenProps {
  readonly purpose: string;
  readonly error: ApiProblem;
  readonly retry: (() => void) | undefined;
}

function Forbidden({ purpose, error, retry }: ForbiddenProps) {
  const ask = async (): Promise<void> => {
    if (await askForToken(purpose)) retry?.();
  };
  return (
    <div class="state" data-state="forbidden">
      <strong>{error.status === 401 ? 'A token is needed' : 'The token does not allow this'}</strong>
      <span>The api needs a token with a higher role to {purpose}.</span>
      <button type="button" class="button" data-kind="primary" onClick={() => void ask()}>
        Use a token
      </button>
    </div>
  );
}
