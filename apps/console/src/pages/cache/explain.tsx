import { answerOf } from '@pilotlight/client';
import { useEffect, useState } from 'preact/hooks';
import { seconds } from '../../format/format.ts';
import { Link } from '../../router/link.tsx';
import { query } from '../../router/location.ts';
import { useAnswer } from '../../session/use-answer.ts';
import { Badge } from '../../ui/badge.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { EntryFacts } from './entry-facts.tsx';
import './explain.css';
import { UserText } from '../../ui/user-text.tsx';
import { demandText, loadingText, verdictOf } from './explain-text.ts';
import { InputText } from './input-text.tsx';
import { hrefOf } from './links.ts';
import { selectorText, withLocalTimes } from './selector-text.ts';
import { sentence } from './sentence.ts';
import { Timeline } from './timeline.tsx';
import { positionsOf, type TimedHit } from './timeline-parts.ts';
import type { Explanation } from './types.ts';

const ASKED_EVERY_MS = 4_000;

/** Explains the key of the address. */
export function Explain() {
  const key = query.value.get('key') ?? '';
  if (key === '')
    return (
      <Panel title="Explain">
        <Empty
          title="No key is chosen"
          hint="Type or paste one above, or choose one of the hot keys. Curl commands, paths and search bodies work too."
        />
      </Panel>
    );
  return <ExplainKey key={key} asked={key} />;
}

function ExplainKey({ asked }: { readonly asked: string }) {
  const round = useRounds(ASKED_EVERY_MS);
  const { answer, error, reload } = useAnswer(
    (client, signal) => answerOf(client.GET('/api/cache/entries/{key}', { params: { path: { key: asked } }, signal })),
    [asked, round],
  );
  if (error !== null)
    return (
      <Panel title="Explain">
        <Failed error={error} retry={reload} purpose="explain a key" />
      </Panel>
    );
  if (answer === null)
    return (
      <Panel title="Explain">
        <Loading what="the key" />
      </Panel>
    );
  return <Explained explanation={answer.data} />;
}

function Explained({ explanation }: { readonly explanation: Explanation }) {
  const { text, tone } = verdictOf(explanation);
  const { key, next, memory, redis, redis_problem: problem, log } = explanation;
  const hits = useTimedHits(explanation, log.applied);
  return (
    <>
      <Panel
        title={<span data-verdict={tone}>{text}</span>}
        class="stacked explained"
        aside={<State explanation={explanation} />}
      >
        <Input explanation={explanation} />
        <p class="prose">
          <UserText text={sentence(withLocalTimes(next.why))} />
        </p>
        <Timeline explanation={explanation} hits={hits} />
        <Actions keyName={key} />
      </Panel>
      <div class="cards">
        <EntryFacts title="Memory of this process" entry={memory} missing="No entry" tier={explanation.tiers.memory} />
        <EntryFacts
          title="Redis, shared by all processes"
          entry={redis}
          missing={problem ?? 'No entry'}
          tier={explanation.tiers.redis}
        />
        <Around explanation={explanation} />
      </div>
    </>
  );
}

/** Returns the invalidations of the key, each with its time if the log still has it. */
function useTimedHits(explanation: Explanation, applied: number): readonly TimedHit[] {
  const { answer } = useAnswer(
    (client, signal) => answerOf(client.GET('/api/cache/log', { params: { query: { limit: 200 } }, signal })),
    [applied],
  );
  const times = new Map(answer?.data.records.map(({ position, at }) => [position, at] as const));
  const toInstant = (at: string | null | undefined): number | null => (at == null ? null : Date.parse(at));
  return positionsOf(explanation).map((position) => ({ position, at: toInstant(times.get(position)) }));
}

/** Links to what can be done with the key. */
function Actions({ keyName }: { readonly keyName: string }) {
  return (
    <div class="explain-actions">
      <Link class="button" href={hrefOf({ tab: 'invalidate', by: 'key', target: keyName, warm: keyName })}>
        Invalidate or warm it…
      </Link>
      <Link class="button" href={hrefOf({ tab: 'keys', prefix: keyName.split(':', 2).join(':') })}>
        Keys of its kind
      </Link>
    </div>
  );
}

/** The key, and what it was made from if it is in demand. */
function Input({ explanation: { key, prefix, input } }: { readonly explanation: Explanation }) {
  return (
    <p class="explain-input">
      {input !== null && <InputText prefix={prefix ?? ''} input={input} />}{' '}
      <UserText class="mono muted small" text={key} />
    </p>
  );
}

/** Whether the answer is verified, and whether a process loads the key now. */
function State({ explanation }: { readonly explanation: Explanation }) {
  const { loading, log } = explanation;
  return (
    <span class="explain-state">
      {(loading === 'this process' || loading === 'another process') && <Badge tone="accent">{loading} loads it</Badge>}
      {log.state === 'current' ? (
        <Badge tone="ok">log current</Badge>
      ) : (
        <Badge tone="bad">log unreachable: unverified</Badge>
      )}
    </span>
  );
}

/** What surrounds the entry: demand, loads, invalidations. */
function Around({ explanation }: { readonly explanation: Explanation }) {
  const { last_invalidation: last, log, learned } = explanation;
  return (
    <Panel title="Around it">
      <dl class="facts">
        <dt>Loading it now</dt>
        <dd>{loadingText(explanation)}</dd>
        <dt>Last invalidation</dt>
        <dd>
          {last === null ? (
            'none in this epoch'
          ) : (
            <UserText text={`${selectorText(last.selector)}, position ${last.position} (${last.mode})`} />
          )}
        </dd>
        <dt>Log applied here</dt>
        <dd>
          position {log.applied},{' '}
          {log.state === 'current' ? 'current' : log.state === 'leaseExpired' ? 'lease ended' : 'disconnected'}
        </dd>
        <dt>Demand</dt>
        <dd>{demandText(explanation) ?? 'not read lately'}</dd>
        <dt>Refreshed by workers</dt>
        <dd>{explanation.demand?.warmable ? 'yes' : 'no'}</dd>
        {learned !== null && <dt>Learned time ({learned.mode})</dt>}
        {learned !== null && (
          <dd>
            {seconds(learned.fresh_ms)}: <UserText text={learned.why} />
          </dd>
        )}
      </dl>
    </Panel>
  );
}

/** Counts up while the page is visible. */
function useRounds(everyMs: number): number {
  const [round, setRound] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && setRound((last) => last + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return round;
}
