import type { ComponentChildren } from 'preact';
import type { Tone } from './toasts.tsx';

/** A short word about a state. Its text says what its colour says. */
export function Badge({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ComponentChildren }) {
  return (
    <span class="badge" data-tone={tone}>
      {children}
    </span>
  );
}
