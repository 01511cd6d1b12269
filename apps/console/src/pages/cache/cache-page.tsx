import { useEffect, useRef } from 'preact/hooks';
import { Link } from '../../router/link.tsx';
import { query } from '../../router/location.ts';
import { withQuery } from '../../router/query.ts';
import { AskBar } from './ask-bar.tsx';
import './cache.css';
import { Endpoints } from './endpoints.tsx';
import { Explain } from './explain.tsx';
import { HotKeys } from './hot-keys.tsx';
import { Invalidate } from './invalidate.tsx';
import { Learned } from './learned.tsx';
import { Log } from './log.tsx';
import { TABS, type Tab, tabOf } from './tabs.ts';

/** Why an answer is cached or not: endpoints, hot keys, the explanation of a key. The address holds the section and what it shows. */
export function CachePage() {
  const tab = tabOf(query.value.get('tab'));
  return (
    <div class="cache-page">
      <AskBar />
      <Tabs tab={tab} />
      <Section tab={tab} />
    </div>
  );
}

/** The sections. A narrow window scrolls them, to the present one. */
function Tabs({ tab }: { readonly tab: Tab }) {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab]);
  return (
    <nav ref={nav} class="tabs" aria-label="Sections of the page Cache">
      {TABS.map(({ name, title }) => (
        <Link
          key={name}
          href={withQuery({ path: '/cache', query: query.value }, { tab: name })}
          aria-current={name === tab ? 'page' : undefined}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

function Section({ tab }: { readonly tab: Tab }) {
  switch (tab) {
    case 'endpoints':
      return <Endpoints />;
    case 'keys':
      return <HotKeys />;
    case 'explain':
      return <Explain />;
    case 'learned':
      return <Learned />;
    case 'invalidate':
      return <Invalidate />;
    case 'log':
      return <Log />;
  }
}
