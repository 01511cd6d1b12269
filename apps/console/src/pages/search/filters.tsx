import { answerOf } from '@pilotlight/client';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../../format/format.ts';
import { setQuery } from '../../router/location.ts';
import { useAnswer } from '../../session/use-answer.ts';
import { UserText } from '../../ui/user-text.tsx';
import type { FieldProblem } from './field-problems.ts';
import { focusOn } from './focus-on.ts';
import { fromLocalInput, toLocalInput } from './local-time.ts';
import { LogText } from './log-text.tsx';
import { filtered, hasFilters, type SearchState } from './search-state.ts';
import { LEVELS, type Level, type LogStats } from './search-types.ts';
import { isShown } from './timeline.ts';

export interface FiltersProps {
  readonly state: SearchState;
  /** The statistics with the filters except the levels; null before they came. */
  readonly stats: LogStats | null;
  readonly services: readonly string[];
  readonly problems: ReadonlyMap<string, FieldProblem> | null;
}

/** The filters by level, service, time and file. */
export function Filters({ state, stats, services, problems }: FiltersProps) {
  return (
    <>
      <Levels chosen={state.levels} counts={stats?.by_level ?? null} />
      <div class="filters">
        <TextFilter
          label="Service"
          value={state.service}
          options={services}
          problem={problems?.get('service')}
          onChange={(service) => setQuery(filtered({ service }))}
        />
        <TimeFilter
          label="From"
          value={state.from}
          problem={problems?.get('from')}
          onChange={(from) => setQuery(filtered({ from }))}
        />
        <TimeFilter
          label="Until"
          value={state.to}
          problem={problems?.get('to')}
          onChange={(to) => setQuery(filtered({ to }))}
        />
        <Presets />
        {state.fileId !== '' && <FileFilter id={state.fileId} />}
        {hasFilters(state) && (
          <button type="button" class="button filters-clear" onClick={clear}>
            Clear the filters
          </button>
        )}
      </div>
    </>
  );
}

function clear(): void {
  focusOn('.level-toggle');
  setQuery(filtered({ levels: [], service: '', from: '', to: '', fileId: '' }));
}

interface LevelsProps {
  readonly chosen: readonly Level[];
  readonly counts: Readonly<Record<string, number>> | null;
}

/** One button for each level, which is the legend of the timeline too. The first choice hides all others. */
function Levels({ chosen, counts }: LevelsProps) {
  const toggle = (level: Level): void => {
    const levels = chosen.includes(level) ? chosen.filter((one) => one !== level) : [...chosen, level];
    setQuery(filtered({ levels }));
  };
  const present = LEVELS.filter((level) => counts === null || (counts[level] ?? 0) > 0 || chosen.includes(level));
  return (
    <fieldset class="levels">
      <legend class="visually-hidden">Levels</legend>
      {present.map((level) => (
        <button
          key={level}
          type="button"
          class="level-toggle"
          data-shown={isShown(level, chosen)}
          aria-pressed={chosen.includes(level)}
          onClick={() => toggle(level)}
        >
          <span class="level-dot" data-level={level} />
          {level} {counts !== null && <span class="muted">{count(counts[level] ?? 0)}</span>}
        </button>
      ))}
    </fieldset>
  );
}

interface FilterProps {
  readonly label: string;
  readonly value: string;
  readonly problem: FieldProblem | undefined;
  readonly onChange: (value: string) => void;
}

function TextFilter({
  label,
  value,
  options,
  problem,
  onChange,
}: FilterProps & { readonly options: readonly string[] }) {
  const input = useValue(value);
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        type="search"
        list="search-services"
        placeholder="Any"
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        dir="auto"
        ref={input}
        aria-invalid={problem !== undefined}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      <datalist id="search-services">
        {options.map((option) => (
          <option key={option} value={option} />
        ))}
      </datalist>
      <Refused problem={problem} />
    </label>
  );
}

/** An end of the span. It counts once it is left or confirmed, because half a year that is typed is a date too. */
function TimeFilter({ label, value, problem, onChange }: FilterProps) {
  const input = useValue(toLocalInput(value));
  const commit = (): void => {
    const typed = input.current?.value ?? '';
    if (typed !== toLocalInput(value)) onChange(fromLocalInput(typed));
  };
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        type="datetime-local"
        step="1"
        max="9999-12-31T23:59:59"
        ref={input}
        aria-invalid={problem !== undefined}
        onBlur={commit}
        onKeyDown={({ key }) => key === 'Enter' && commit()}
      />
      <Refused problem={problem} />
    </label>
  );
}

function Refused({ problem }: { readonly problem: FieldProblem | undefined }) {
  if (problem === undefined) return null;
  return (
    <span class="refused" role="alert">
      <UserText text={problem.detail} />
    </span>
  );
}

/** An input that shows a value of the URL, and text that is being typed until it counts. */
function useValue(value: string) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.value = value;
  }, [value]);
  return input;
}

const MINUTE_MS = 60_000;
const PRESETS = [
  { label: '15 min', ms: 15 * MINUTE_MS },
  { label: '1 h', ms: 60 * MINUTE_MS },
  { label: '24 h', ms: 1_440 * MINUTE_MS },
  { label: '7 d', ms: 10_080 * MINUTE_MS },
] as const;

/** Spans until now. They begin at a whole minute, so that two users who ask at the same time share an answer. */
function Presets() {
  const choose = (ms: number): void => {
    const from = new Date(Math.floor((Date.now() - ms) / MINUTE_MS) * MINUTE_MS).toISOString();
    setQuery(filtered({ from, to: '' }));
  };
  return (
    <fieldset class="field">
      <legend class="visually-hidden">Spans until now</legend>
      <span aria-hidden="true">Last</span>
      <span class="presets">
        {PRESETS.map(({ label, ms }) => (
          <button key={label} type="button" class="button" aria-label={`Last ${label}`} onClick={() => choose(ms)}>
            {label}
          </button>
        ))}
      </span>
    </fieldset>
  );
}

function FileFilter({ id }: { readonly id: string }) {
  const { answer, error } = useAnswer(
    (client, signal) => answerOf(client.GET('/api/files/{id}', { params: { path: { id } }, signal })),
    [id],
  );
  const name = answer?.data.file.name ?? (error === null ? 'a file' : id);
  return (
    <div class="field">
      <span>File</span>
      <span class="file-filter">
        <LogText text={name} />
        <button
          type="button"
          class="button"
          data-kind="quiet"
          aria-label="Search in all files"
          onClick={searchAllFiles}
        >
          ×
        </button>
      </span>
    </div>
  );
}

function searchAllFiles(): void {
  focusOn('.level-toggle');
  setQuery(filtered({ fileId: '' }));
}
