import { useEffect, useRef, useState } from 'preact/hooks';
import { count, duration } from '../../format/format.ts';
import { now } from '../../live/now.ts';
import { Link } from '../../router/link.tsx';
import { query, setQuery } from '../../router/location.ts';
import { Choices } from '../../ui/choices.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import './hot-keys.css';
import { UserText } from '../../ui/user-text.tsx';
import { InputText } from './input-text.tsx';
import { freshnessOf, keysUnder } from './key-text.ts';
import { hrefOf } from './links.ts';
import type { HotKey } from './types.ts';
import { type HotKeys as Hot, useHotKeys } from './use-hot-keys.ts';
import { VirtualRows } from './virtual-rows.tsx';

const COLUMNS = ['Answer', 'Next', 'Reads', 'Load', 'Saves'] as const;
const PREFIXES = [
  { name: '', label: 'All' },
  { name: 'stats', label: 'stats' },
  { name: 'search', label: 'search' },
  { name: 'files', label: 'files' },
] as const;
const TYPED_FOR_MS = 250;

/** The keys in demand over all processes, those whose caching saves most load time first. */
export function HotKeys() {
  const prefix = query.value.get('prefix') ?? '';
  const { hot, error, isLoading, reload } = useHotKeys();
  const keys = hot === null ? [] : keysUnder(hot.keys, prefix);
  return (
    <Panel
      title="Hot keys"
      aside={<Tally hot={hot} shown={keys.length} isLoading={isLoading} />}
      class="stacked hot-keys"
    >
      <p class="muted small prose">
        What readers ask for most, over all processes. Reads halve every five minutes. The first key is the one whose
        caching saves the database most time.
      </p>
      <PrefixFilter prefix={prefix} />
      <Body hot={hot} keys={keys} error={error} retry={reload} prefix={prefix} />
    </Panel>
  );
}

interface TallyProps {
  readonly hot: Hot | null;
  /** The number of keys under the prefix. */
  readonly shown: number;
  readonly isLoading: boolean;
}

function Tally({ hot, shown, isLoading }: TallyProps) {
  if (hot === null) return null;
  const { keys, total } = hot;
  const text = shown === keys.length ? `${count(shown)} keys` : `${count(shown)} of ${count(keys.length)} keys`;
  return (
    <span class="muted small" role="status">
      {isLoading && keys.length < total ? `${count(keys.length)} of ${count(total)} keys, loading` : text}
    </span>
  );
}

/** Chooses the prefix: by a button, or typed. */
function PrefixFilter({ prefix }: { readonly prefix: string }) {
  const [typed, setTyped] = useState(prefix);
  const latest = useRef(prefix);
  useEffect(() => {
    if (prefix !== latest.current) setTyped(prefix);
    latest.current = prefix;
  }, [prefix]);
  useEffect(() => {
    if (typed.trim() === latest.current) return;
    const timer = setTimeout(() => {
      latest.current = typed.trim();
      setQuery({ prefix: typed.trim() }, { replace: true });
    }, TYPED_FOR_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div class="filter">
      <Choices
        legend="Endpoint"
        options={PREFIXES}
        chosen={prefix}
        choose={(name) => setQuery({ prefix: name }, { replace: true })}
      />
      <label class="filter-field">
        <span class="muted small">Prefix</span>
        <input
          class="input mono"
          type="search"
          value={typed}
          placeholder="stats:get_stats"
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </label>
    </div>
  );
}

interface BodyProps {
  readonly hot: Hot | null;
  /** Those under the prefix. */
  readonly keys: readonly HotKey[];
  readonly error: unknown;
  readonly retry: () => void;
  readonly prefix: string;
}

function Body({ hot, keys, error, retry, prefix }: BodyProps) {
  if (error !== null) return <Failed error={error} retry={retry} purpose="see the hot keys" />;
  if (hot === null) return <Loading what="the hot keys" />;
  if (keys.length === 0) return <NoKeys prefix={prefix} />;
  return (
    <>
      {keys[0]?.fresh_for_ms === null && (
        <p class="refused">
          The invalidation log or Redis did not answer: for how long the answers are fresh is unknown. It is asked again
          every 15 s.
        </p>
      )}
      <VirtualRows
        label={`Hot keys${prefix === '' ? '' : ` under ${prefix}`}`}
        columns={COLUMNS}
        rows={keys}
        keyOf={({ key }) => key}
        cells={(row) => <Cells row={row} at={hot.at} />}
      />
    </>
  );
}

function NoKeys({ prefix }: { readonly prefix: string }) {
  if (prefix === '')
    return <Empty title="No reader in the last minutes" hint="A key appears here within a second of its first read." />;
  return (
    <Empty title="No key under this prefix is in demand" hint="Choose another prefix, or all.">
      <button type="button" class="button" onClick={() => setQuery({ prefix: null })}>
        Show all
      </button>
    </Empty>
  );
}

function Cells({ row, at }: { readonly row: HotKey; readonly at: number }) {
  const { key, params, reads, load_ms: loadMs, saving_ms: savingMs } = row;
  const { text, tone, leftMs } = freshnessOf(row, Math.max(0, now.value - at));
  return (
    <>
      <td class="cell-key">
        <Link href={hrefOf({ tab: 'explain', key })} class="cell-link">
          <InputText prefix={key.slice(0, key.indexOf(':'))} input={params} />
        </Link>
        <UserText class="mono muted cell-hash" text={key} />
      </td>
      <td class="cell-next" data-tone={tone}>
        <span>{text}</span>
        <Left leftMs={leftMs} />
      </td>
      <td class="num" data-title="Reads">
        {count(reads)}
      </td>
      <td class="num" data-title="Load">
        {loadMs === 0 ? '–' : duration(loadMs)}
      </td>
      <td class="num" data-title="Saves">
        {duration(savingMs)}
      </td>
    </>
  );
}

/** A bar that empties until the refresh, over its last minute. */
function Left({ leftMs }: { readonly leftMs: number | null }) {
  if (leftMs === null) return null;
  return (
    <svg class="left" viewBox="0 0 60 2" preserveAspectRatio="none" aria-hidden="true">
      <rect class="left-track" width="60" height="2" />
      <rect class="left-bar" width={Math.min(60, leftMs / 1_000)} height="2" />
    </svg>
  );
}
