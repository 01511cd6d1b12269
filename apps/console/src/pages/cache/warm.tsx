import { answerOf } from '@pilotlight/client';
import { useState } from 'preact/hooks';
import { count, duration } from '../../format/format.ts';
import { query, setQuery } from '../../router/location.ts';
import { withToken } from '../../session/session.ts';
import { Panel } from '../../ui/panel.tsx';
import { toastError } from '../../ui/toasts.tsx';
import type { Warmed } from './types.ts';
import { costOf, isKey, type WarmCost, warmedText } from './warm-text.ts';

type Shown = { readonly of: string; readonly text: string };

/** Loads the keys in demand that are not fresh, after a preview of the cost. */
export function Warm() {
  const target = (query.value.get('warm') ?? '').trim();
  const [shown, setShown] = useState<Shown | null>(null);
  const [isBusy, setBusy] = useState(false);
  const run = async (what: (target: string) => Promise<string>): Promise<void> => {
    setBusy(true);
    try {
      setShown({ of: target, text: await what(target) });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title="Warm">
      <form
        class="invalidate"
        onSubmit={(event) => {
          event.preventDefault();
          void run(preview);
        }}
      >
        <label class="field">
          <span>Prefix or key: loads what is in demand and not fresh, so that no reader waits for it</span>
          <input
            class="input mono"
            value={query.value.get('warm') ?? ''}
            placeholder="stats"
            maxLength={500}
            list="cache-prefixes"
            spellcheck={false}
            autocomplete="off"
            onInput={({ currentTarget }) => setQuery({ warm: currentTarget.value }, { replace: true })}
          />
        </label>
        <div class="invalidate-end">
          <button type="submit" class="button" disabled={target === '' || isBusy}>
            Preview
          </button>
          <button
            type="button"
            class="button"
            data-kind="primary"
            disabled={target === '' || isBusy}
            onClick={() => void run(warm)}
          >
            {isBusy ? 'Working…' : 'Warm'}
          </button>
        </div>
        <p class="small" role="status">
          {shown?.of === target && shown.text}
        </p>
      </form>
    </Panel>
  );
}

async function preview(target: string): Promise<string> {
  const { keys, loadMs, isPart }: WarmCost = await withToken('preview a warming', async (client) => {
    const prefix = isKey(target) ? target.slice(0, target.lastIndexOf(':')) : target;
    const { data } = await answerOf(
      client.GET('/api/cache/keys', { params: { query: { prefix, limit: 500, cursor: 0 } } }),
    );
    return costOf(data, target);
  });
  if (keys === 0) return 'Nothing to load: every key in demand is fresh, or none is in demand.';
  return `Would load ${count(keys)}${isPart ? ' or more' : ''} ${keys === 1 ? 'key' : 'keys'}, in ${duration(loadMs)} of the database.`;
}

async function warm(target: string): Promise<string> {
  const body = isKey(target) ? { key: target } : { prefix: target };
  const data: Warmed = await withToken('warm answers', async (client) => {
    const answer = await answerOf(client.POST('/api/cache/warm', { body }));
    return answer.data;
  });
  return warmedText(data);
}
