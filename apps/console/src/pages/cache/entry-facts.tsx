import { bytes, dateTime, duration } from '../../format/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Panel } from '../../ui/panel.tsx';
import { UserText } from '../../ui/user-text.tsx';
import { scopeText, selectorText, withLocalTimes } from './selector-text.ts';
import type { Explanation, TierEntry } from './types.ts';

const TONES = { fresh: 'ok', stale: 'warn', expired: 'plain', outdated: 'bad' } as const;
const WORDS = { fresh: 'fresh', stale: 'stale', expired: 'expired', outdated: 'invalidated' } as const;

export interface EntryFactsProps {
  readonly title: string;
  readonly entry: TierEntry | null;
  /** Why there is no entry. */
  readonly missing: string;
  readonly tier: Explanation['tiers']['memory'];
}

/** The entry of a key in one tier. */
export function EntryFacts({ title, entry, missing, tier }: EntryFactsProps) {
  return (
    <Panel title={title} aside={entry && <Badge tone={TONES[entry.state]}>{WORDS[entry.state]}</Badge>}>
      {tier !== 'on' && (
        <p class="refused">
          <UserText text={tier === 'off' ? 'The tier is off.' : `The tier is off for ${tier.off_for.join(', ')}.`} />
        </p>
      )}
      {entry === null ? (
        <p class="muted">
          <UserText text={missing} />
        </p>
      ) : (
        <Facts entry={entry} />
      )}
    </Panel>
  );
}

function Facts({ entry }: { readonly entry: TierEntry }) {
  const codings = Object.entries(entry.codings).map(([name, size]) => `${name} ${bytes(size)}`);
  const scope = entry.scope === null ? 'every record' : scopeText(entry.scope);
  return (
    <dl class="facts">
      <dt>State</dt>
      <dd>
        <UserText text={withLocalTimes(entry.why)} />
      </dd>
      <dt>Loaded</dt>
      <dd>
        {dateTime(Date.parse(entry.loaded_at))}, in {duration(entry.load_ms)}
      </dd>
      <dt>Includes</dt>
      <dd>invalidations up to position {Math.floor(entry.as_of.position)}</dd>
      <dt>Size</dt>
      <dd>{[bytes(entry.bytes), ...codings].join(' · ')}</dd>
      <dt>Depends on</dt>
      <dd>
        <UserText text={scope} />
      </dd>
      {entry.tags.length > 0 && <dt>Tags</dt>}
      {entry.tags.length > 0 && (
        <dd>
          <UserText text={entry.tags.join(', ')} />
        </dd>
      )}
      {entry.hit_by.length > 0 && <dt>Hit by</dt>}
      {entry.hit_by.length > 0 && (
        <dd>
          <UserText text={entry.hit_by.map((hit) => `${selectorText(hit.selector)} at ${hit.position}`).join('; ')} />
        </dd>
      )}
      <dt>Entity tag</dt>
      <dd>
        <UserText class="mono" text={entry.etag} />
      </dd>
    </dl>
  );
}
