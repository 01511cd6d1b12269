import type { ComponentChildren } from 'preact';

/** The state of one thing: quiet while it is good, with a sign and a colour while it is not. */
export function StateMark({
  tone,
  children,
}: {
  readonly tone: 'ok' | 'warn' | 'bad';
  readonly children: ComponentChildren;
}) {
  return (
    <span class="state-mark" data-tone={tone}>
      <span class="state-sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      {children}
    </span>
  );
}

const SIGNS = { ok: '✓', warn: '!', bad: '✕' } as const;
