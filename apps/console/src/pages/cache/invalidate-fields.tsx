import { setQuery } from '../../router/location.ts';
import { Choices } from '../../ui/choices.tsx';
import { type InvalidateForm, TARGETS } from './invalidate-form.ts';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'NOTICE', 'WARN', 'ERROR', 'FATAL', 'UNKNOWN'] as const;
const PREFIXES = ['stats', 'search', 'files', '*'] as const;

const change = (values: Readonly<Record<string, string | null>>): void => setQuery(values, { replace: true });

/** The prefixes that the fields of a prefix suggest. */
export function Prefixes() {
  return (
    <datalist id="cache-prefixes">
      {PREFIXES.map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}

/** The fields of an invalidation. Their values are in the address. */
export function InvalidateFields({ form }: { readonly form: InvalidateForm }) {
  return (
    <>
      <Choices
        legend="What to invalidate"
        options={TARGETS}
        chosen={form.by}
        choose={(name) => change({ by: name, target: null })}
      />
      {form.by === 'scope' ? <ScopeFields form={form} /> : <TargetField form={form} />}
      <Mode mode={form.mode} />
    </>
  );
}

function TargetField({ form: { by, target } }: { readonly form: InvalidateForm }) {
  const example = TARGETS.find(({ name }) => name === by)?.example ?? '';
  return (
    <label class="field">
      <span>
        {by === 'prefix'
          ? 'Prefix: one or more leading parts of a key, or * for every key'
          : by === 'tag'
            ? 'Tag of the answers'
            : 'Key'}
      </span>
      <input
        class="input mono"
        value={target}
        placeholder={example}
        maxLength={by === 'key' ? 500 : 200}
        list={by === 'prefix' ? 'cache-prefixes' : undefined}
        spellcheck={false}
        autocomplete="off"
        onInput={({ currentTarget }) => change({ by, target: currentTarget.value })}
      />
    </label>
  );
}

function ScopeFields({ form }: { readonly form: InvalidateForm }) {
  return (
    <>
      <p class="muted small">Hits only the answers that may depend on records that match every condition.</p>
      <div class="scope-fields">
        <label class="field">
          <span>Service</span>
          <input
            class="input"
            value={form.service}
            maxLength={200}
            spellcheck={false}
            autocomplete="off"
            onInput={({ currentTarget }) => change({ service: currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>Level</span>
          <select
            class="input"
            value={form.level}
            onChange={({ currentTarget }) => change({ level: currentTarget.value })}
          >
            <option value="">any</option>
            {LEVELS.map((level) => (
              <option key={level}>{level}</option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>From, UTC</span>
          <input
            class="input"
            type="datetime-local"
            value={form.from}
            onInput={({ currentTarget }) => change({ from: currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>Before, UTC</span>
          <input
            class="input"
            type="datetime-local"
            value={form.to}
            onInput={({ currentTarget }) => change({ to: currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>Endpoint</span>
          <select
            class="input"
            value={form.target}
            onChange={({ currentTarget }) => change({ target: currentTarget.value })}
          >
            <option value="">stats and search</option>
            <option>stats</option>
            <option>search</option>
          </select>
        </label>
      </div>
    </>
  );
}

function Mode({ mode }: Pick<InvalidateForm, 'mode'>) {
  return (
    <fieldset class="mode">
      <legend class="muted small">Until it is reloaded</legend>
      <label>
        <input type="radio" name="mode" checked={mode === 'invalidate'} onChange={() => change({ mode: null })} />
        <span>
          <strong>Invalidate</strong> <span class="muted">a hit answer is never served again</span>
        </span>
      </label>
      <label>
        <input type="radio" name="mode" checked={mode === 'expire'} onChange={() => change({ mode: 'expire' })} />
        <span>
          <strong>Expire</strong> <span class="muted">it may be served, marked as stale, while it is reloaded</span>
        </span>
      </label>
    </fieldset>
  );
}
