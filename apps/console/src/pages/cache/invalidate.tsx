import { answerOf } from '@pilotlight/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { count, duration } from '../../format/format.ts';
import { query } from '../../router/location.ts';
import { withToken } from '../../session/session.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Panel } from '../../ui/panel.tsx';
import { toastError } from '../../ui/toasts.tsx';
import './invalidate.css';
import { InvalidateFields, Prefixes } from './invalidate-fields.tsx';
import { bodyOf, formOf, targetText } from './invalidate-form.ts';
import { Preview } from './preview.tsx';
import { Receipt } from './receipt.tsx';
import type { InvalidateBody, Invalidated } from './types.ts';
import { Warm } from './warm.tsx';

type State =
  | { readonly kind: 'empty' }
  | { readonly kind: 'preview' | 'done'; readonly of: string; readonly result: Invalidated };

/** Shows what an invalidation would hit and cost, then makes it and shows its receipts. */
export function Invalidate() {
  const form = formOf(query.value);
  const body = bodyOf(form);
  const [state, setState] = useState<State>({ kind: 'empty' });
  const [isBusy, setBusy] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const result = useRef<HTMLElement>(null);
  const of = JSON.stringify(body);
  const shown = state.kind !== 'empty' && state.of === of ? state : null;
  const isMissing = 'missing' in body;
  useEffect(() => {
    if (shown !== null) result.current?.focus();
  }, [shown]);
  const send = async (kind: 'preview' | 'done'): Promise<void> => {
    if ('missing' in body) return;
    setBusy(true);
    try {
      setState({ kind, of, result: await invalidated(body, kind === 'preview') });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="split">
      <Prefixes />
      <Panel title="Invalidate">
        <form
          class="invalidate"
          onSubmit={(event) => {
            event.preventDefault();
            void send('preview');
          }}
        >
          <InvalidateFields form={form} />
          <div class="invalidate-end">
            <button type="submit" class="button" data-kind="primary" disabled={isMissing || isBusy}>
              Preview
            </button>
            <span class="muted small">{isMissing ? body.missing : 'The preview changes nothing.'}</span>
          </div>
        </form>
      </Panel>
      <div class="split-side">
        <section ref={result} tabIndex={-1} class="result" aria-label="Result" aria-live="polite">
          {shown?.kind === 'preview' && (
            <Preview form={form} result={shown.result} isBusy={isBusy} invalidate={() => setAsked(true)} />
          )}
          {shown?.kind === 'done' && <Receipt form={form} result={shown.result} />}
          {shown === null && <WhatHappens />}
        </section>
        <Warm />
      </div>
      {isAsked && shown !== null && (
        <ConfirmDialog
          title={`Invalidate ${targetText(form)}?`}
          action="Invalidate"
          kind="danger"
          run={() => send('done')}
          close={() => setAsked(false)}
        >
          <Consequence result={shown.result} mode={form.mode} />
        </ConfirmDialog>
      )}
    </div>
  );
}

function Consequence({ result, mode }: { readonly result: Invalidated; readonly mode: string }) {
  const { invalidated: entries, rewarm } = result;
  const what = mode === 'expire' ? 'is served only while it is reloaded' : 'is not served again, on any process';
  return (
    <p>
      {count(entries)} stored {entries === 1 ? 'entry' : 'entries'}: each of them {what}.
      {rewarm != null &&
        rewarm.keys > 0 &&
        ` Loading the ${count(rewarm.keys)} in demand again takes ${duration(rewarm.load_ms)}.`}
    </p>
  );
}

function WhatHappens() {
  return (
    <Panel title="What happens" class="stacked">
      <ol class="happens muted">
        <li>The preview counts the stored entries that would be hit, and what loading those in demand again costs.</li>
        <li>The invalidation is appended to the log, once for all processes.</li>
        <li>Each process confirms that it serves none of them. The receipts show which, and after how many ms.</li>
      </ol>
    </Panel>
  );
}

async function invalidated(body: InvalidateBody, isPreview: boolean): Promise<Invalidated> {
  const purpose = isPreview ? 'preview an invalidation' : 'invalidate answers';
  const { data } = await withToken(purpose, (client) =>
    answerOf(client.POST('/api/cache/invalidate', { body: { ...body, dry_run: isPreview } })),
  );
  return data;
}
