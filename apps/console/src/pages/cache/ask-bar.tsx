import { answerOf } from '@pilotlight/client';
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../../format/error-text.ts';
import { navigate, query } from '../../router/location.ts';
import { TokenNotGiven, withToken } from '../../session/session.ts';
import { UserText } from '../../ui/user-text.tsx';
import { hrefOf } from './links.ts';
import { type PastedRequest, parsePasted } from './request-text.ts';

/** Takes a key, or a request whose key the api computes, and opens its explanation. */
export function AskBar() {
  const key = query.value.get('key') ?? '';
  const [text, setText] = useState(key);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    if (key !== '') setText(key);
  }, [key]);
  const ask = async (): Promise<void> => {
    setBusy(true);
    try {
      setProblem(await explain(text));
    } finally {
      setBusy(false);
    }
  };
  return (
    <search>
      <form
        class="ask"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <label class="ask-field">
          <span class="ask-label">Why is this answer cached, or not?</span>
          <textarea
            class="input mono ask-text"
            name="request"
            rows={text.includes('\n') ? 4 : 1}
            value={text}
            placeholder="Paste a key, /api/stats?service=web, the JSON of a search, or a curl command"
            spellcheck={false}
            autocomplete="off"
            aria-invalid={problem !== null}
            aria-describedby={problem === null ? undefined : 'ask-problem'}
            onInput={({ currentTarget }) => {
              setText(currentTarget.value);
              setProblem(null);
            }}
            onKeyDown={(event) => {
              // Enter also ends the composition of a character.
              if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
              event.preventDefault();
              void ask();
            }}
          />
        </label>
        <button type="submit" class="button" data-kind="primary" disabled={isBusy}>
          Explain
        </button>
        {problem !== null && (
          <p id="ask-problem" class="refused ask-problem" role="alert">
            <UserText text={problem} />
          </p>
        )}
      </form>
    </search>
  );
}

/** Opens the explanation of what the text names. Returns the reason if it names nothing. */
async function explain(text: string): Promise<string | null> {
  const pasted = parsePasted(text);
  if (pasted.kind === 'problem') return pasted.why;
  try {
    navigate(hrefOf({ tab: 'explain', key: pasted.kind === 'key' ? pasted.key : await keyOf(pasted) }));
    return null;
  } catch (error) {
    if (error instanceof TokenNotGiven) return null;
    return messageOf(error);
  }
}

async function keyOf({ method, target, body }: PastedRequest): Promise<string> {
  const request = { method, target, ...(body !== undefined && { body }) };
  const { data } = await withToken('compute the key of a request', (client) =>
    answerOf(client.POST('/api/cache/key', { body: request })),
  );
  return data.key;
}
