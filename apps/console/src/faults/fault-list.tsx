import { dateTime, seconds, timeOfDay } from '../format/format.ts';
import { visibleText } from '../format/visible-text.ts';
import { now } from '../live/now.ts';
import { FAULT_KINDS, runbookOf } from './fault-kinds.ts';
import type { Fault } from './faults.ts';
import './faults.css';
import { UserText } from '../ui/user-text.tsx';
import { useSince } from './use-since.ts';

const DAY_MS = 86_400_000;

/** Everything that is wrong: since when, what it means, and what to do. */
export function FaultList({ faults, at }: { readonly faults: readonly Fault[]; readonly at: number }) {
  const seenSince = useSince(
    faults.map(({ what }) => what),
    at,
  );
  return (
    <ul class="faults" aria-label="What is wrong">
      {faults.map(({ kind, severity, what, since }) => (
        <li key={what} class="notice fault" data-tone={severity} data-fault={kind}>
          <span class="mark" aria-hidden="true">
            {severity === 'bad' ? '✕' : '!'}
          </span>
          <div class="fault-text">
            <p class="fault-head">
              <strong>
                <UserText text={what} />
              </strong>{' '}
              <span class="muted">
                {since === null ? 'seen since' : 'since'} <SinceText at={since ?? seenSince.get(what) ?? at} />
              </span>
            </p>
            <p>{FAULT_KINDS[kind].meaning}</p>
            <p>
              <strong>To do:</strong> {FAULT_KINDS[kind].todo}{' '}
              <a href={runbookOf(kind)} target="_blank" rel="noreferrer">
                Instructions<span class="visually-hidden"> for: {visibleText(what)}</span>
              </a>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** An instant and how long ago it was: `14:03:21 (12 min)`. */
export function SinceText({ at }: { readonly at: number }) {
  const agoMs = Math.max(0, now.value - at);
  return (
    <span class="nowrap">
      {agoMs > DAY_MS ? dateTime(at) : timeOfDay(at)} ({seconds(agoMs)})
    </span>
  );
}
