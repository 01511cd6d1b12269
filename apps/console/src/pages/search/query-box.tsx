import { useEffect, useRef, useState } from 'preact/hooks';
import { setQuery } from '../../router/location.ts';
import { UserText } from '../../ui/user-text.tsx';
import { atPosition, type FieldProblem } from './field-problems.ts';
import { LogText } from './log-text.tsx';
import { QueryHelp } from './query-help.tsx';
import { filtered } from './search-state.ts';

export interface QueryBoxProps {
  readonly q: string;
  readonly problem: FieldProblem | undefined;
}

/** The text query, with the error of the parser at its place. */
export function QueryBox({ q, problem }: QueryBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current && input.current.value !== q) input.current.value = q;
  }, [q]);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setQuery(filtered({ q: input.current?.value.trim() ?? '' }));
  };
  return (
    <search>
      <form class="query" onSubmit={submit}>
        <label class="visually-hidden" for="search-q">
          Query
        </label>
        <input
          id="search-q"
          class="input mono query-input"
          type="search"
          placeholder={'Words, "a phrase", prefix*, level:error, service:web, status:5*'}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={1_000}
          dir="auto"
          ref={input}
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : 'search-q-problem'}
        />
        <button type="submit" class="button" data-kind="primary">
          Search
        </button>
        <button
          type="button"
          class="button"
          aria-expanded={isHelpOpen}
          aria-controls="search-help"
          onClick={() => setHelpOpen(!isHelpOpen)}
        >
          Syntax
        </button>
      </form>
      {problem !== undefined && <Problem q={q} problem={problem} />}
      <QueryHelp id="search-help" isOpen={isHelpOpen} />
    </search>
  );
}

function Problem({ q, problem }: { readonly q: string; readonly problem: FieldProblem }) {
  return (
    <div class="query-problem" id="search-q-problem" role="alert">
      {problem.position !== undefined && <Place {...atPosition(q, problem.position)} />}
      <UserText text={`The query cannot be read: ${problem.detail}.`} />
    </div>
  );
}

function Place({ before, at, after }: ReturnType<typeof atPosition>) {
  return (
    <code class="query-place">
      <LogText text={before} />
      <span class="query-at">{at === '' ? <span class="query-end">end</span> : <LogText text={at} />}</span>
      <LogText text={after} />
    </code>
  );
}
