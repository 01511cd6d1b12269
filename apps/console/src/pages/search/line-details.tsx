import { type ApiAnswer, type ApiClient, answerOf } from '@pilotlight/client';
import type { ComponentChildren } from 'preact';
import { setQuery } from '../../router/location.ts';
import { useAnswer } from '../../session/use-answer.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { ClampedText } from './clamped-text.tsx';
import { LogText } from './log-text.tsx';
import { contextBodies, filtered, type SearchState } from './search-state.ts';
import type { ContextLine, Hit, SearchBody } from './search-types.ts';
import { type Timed, timed } from './served.ts';
import { ServedLine } from './served-line.tsx';

export interface LineDetailsProps {
  readonly state: SearchState;
  readonly hit: Hit;
}

/** The columns of a line, and the lines around it in its file. */
export function LineDetails({ state, hit }: LineDetailsProps) {
  const { answer, error, reload } = useAnswer((client, signal) => contextOf(client, signal, state, hit), [hit.id]);
  return (
    <div class="details">
      <Columns hit={hit} />
      {error !== null ? (
        <Failed error={error} retry={reload} purpose="read the context" />
      ) : answer === null ? (
        <Loading what="the context" />
      ) : (
        <>
          <Context hit={hit} context={answer.data.body.context} />
          <ServedLine served={answer.data.served} />
        </>
      )}
    </div>
  );
}

/** Asks the searches of `contextBodies` until one has the line. A line that was deleted meanwhile has no context. */
async function contextOf(client: ApiClient, signal: AbortSignal, state: SearchState, hit: Hit) {
  const ask = async (body: SearchBody): Promise<ApiAnswer<Timed<Pick<Hit, 'context'>>>> => {
    const answer = await timed(answerOf(client.POST('/api/search', { body, signal })));
    const found = answer.data.body.results.find(({ id }) => id === hit.id);
    return { ...answer, data: { ...answer.data, body: found ?? {} } };
  };
  const { near, page } = contextBodies(state, hit);
  if (near === null) return await ask(page);
  const answer = await ask(near);
  return answer.data.body.context === undefined ? await ask(page) : answer;
}

function Columns({ hit }: { readonly hit: Hit }) {
  const { answer } = useAnswer(
    (client, signal) => answerOf(client.GET('/api/files/{id}', { params: { path: { id: hit.file_id } }, signal })),
    [hit.file_id],
  );
  return (
    <div class="details-head">
      <dl class="columns">
        <Column name="Time (UTC)">{hit.timestamp ?? 'none'}</Column>
        <Column name="File">
          <LogText text={answer?.data.file.name ?? hit.file_id} />, {linesOf(hit)}
        </Column>
        {Object.entries(hit.fields).map(([name, value]) => (
          <Column key={name} name={<LogText text={name} />}>
            <LogText text={typeof value === 'string' ? value : JSON.stringify(value)} />
          </Column>
        ))}
      </dl>
      <div class="columns-tools">
        <button type="button" class="button" onClick={() => setQuery(filtered({ fileId: hit.file_id }))}>
          Only this file
        </button>
        <button type="button" class="button" onClick={() => void copy(hit.message)}>
          Copy the message
        </button>
      </div>
    </div>
  );
}

/** Names the lines of a record in its file. */
function linesOf({ line, line_end: end }: Pick<Hit, 'line' | 'line_end'>): string {
  return end > line ? `lines ${line} to ${end}` : `line ${line}`;
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast('The message is copied');
  } catch (error) {
    toastError(error);
  }
}

interface ColumnProps {
  readonly name: ComponentChildren;
  readonly children: ComponentChildren;
}

function Column({ name, children }: ColumnProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Context({ hit, context }: { readonly hit: Hit; readonly context: Hit['context'] }) {
  if (context === undefined) return <p class="muted small">The line was deleted meanwhile.</p>;
  const lines: readonly (ContextLine & { readonly isHit?: boolean })[] = [
    ...context.before,
    { ...hit, isHit: true },
    ...context.after,
  ];
  return (
    <ol class="context mono" aria-label="Lines around it in its file">
      {lines.map(({ line, level, message, isHit }) => (
        <li key={line} data-hit={isHit} aria-current={isHit ? 'true' : undefined}>
          <span class="context-number">{line}</span>
          <span class="level-dot" data-level={level} role="img" aria-label={level} title={level} />
          <ClampedText text={message} highlight={isHit ? hit.highlight : []} />
        </li>
      ))}
    </ol>
  );
}
