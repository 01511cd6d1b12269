import { answerOf } from '@pilotlight/client';
import { useRef } from 'preact/hooks';
import { Unsampled } from '../../faults/unsampled.tsx';
import { count, dateTime, duration, seconds, timeOfDay } from '../../format/format.ts';
import { now } from '../../live/now.ts';
import { useAnswer } from '../../session/use-answer.ts';
import { Badge } from '../../ui/badge.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import './log.css';
import { UserText } from '../../ui/user-text.tsx';
import { causeWords } from './log-text.ts';
import { Ripple } from './ripple.tsx';
import { selectorGroups } from './selector-text.ts';
import type { LogRecord } from './types.ts';
import { useLog } from './use-log.ts';

/** The latest invalidations: when, by what, what they hit, and which process confirmed after how many ms. */
export function Log() {
  const { log, older, error, isLoading, reload, readOlder } = useLog();
  const names = useFileNames(log?.applied ?? 0);
  // Records that come while the page is open are drawn as they ripple.
  const firstSeen = useRef<number | null>(null);
  if (log !== null) firstSeen.current ??= log.applied;
  return (
    <Panel title="Invalidation log" aside={log && <Badge>position {count(log.applied)}</Badge>} class="stacked log">
      <p class="muted small prose">
        Every process applies these in one order. A write is acknowledged once each process has confirmed its position,
        or its lease has ended: from then on none serves the state before it.
      </p>
      <Unsampled sections={['upcoming']} />
      {error !== null && <Failed error={error} retry={reload} purpose="see the invalidation log" />}
      {log === null && error === null && <Loading what="the log" />}
      {log !== null && log.records.length === 0 && error === null && (
        <Empty
          title="Nothing has been invalidated in this epoch"
          hint="Uploads, deletions and invalidations appear here."
        />
      )}
      {log !== null && log.records.length > 0 && (
        <ol class="log-records" reversed>
          {log.records.map((record) => (
            <Record
              key={record.position}
              record={record}
              isNew={record.position > (firstSeen.current ?? 0)}
              nameOf={(id) => names.get(id) ?? null}
            />
          ))}
        </ol>
      )}
      {older !== null && log !== null && error === null && (
        <button type="button" class="button log-older" disabled={isLoading} onClick={readOlder}>
          Older
        </button>
      )}
    </Panel>
  );
}

interface RecordProps {
  readonly record: LogRecord;
  readonly isNew: boolean;
  readonly nameOf: (fileId: string) => string | null;
}

function Record({ record, isNew, nameOf }: RecordProps) {
  const { position, mode, at, cause } = record;
  const { what, detail } = causeWords(cause, nameOf);
  return (
    <li class="log-record" data-new={isNew || undefined}>
      <span class="log-position">
        <span class="visually-hidden">Position </span>
        {count(position)}
      </span>
      <div class="log-what">
        <p>
          <strong>{what}</strong> {detail !== null && <UserText text={detail} />}{' '}
          {mode === 'expire' && <Badge tone="warn">expire</Badge>}
        </p>
        <Selectors record={record} nameOf={nameOf} />
        <Receipts record={record} isNew={isNew} />
      </div>
      <When at={at} />
    </li>
  );
}

function When({ at }: { readonly at: string | null }) {
  if (at === null) return <span class="muted small log-when">time unknown</span>;
  const instant = Date.parse(at);
  const passed = now.value - instant;
  return (
    <time class="muted small log-when" dateTime={at} title={dateTime(instant)}>
      {timeOfDay(instant)}
      <br /> {passed < 2_000 ? 'now' : `${seconds(passed)} ago`}
    </time>
  );
}

function Selectors({ record, nameOf }: Pick<RecordProps, 'record' | 'nameOf'>) {
  const { selectors, more_selectors: more } = record;
  return (
    <ul class="selectors" aria-label="What it hit">
      {selectorGroups(selectors, nameOf).map(({ kind, value, where }) => (
        <li key={`${kind} ${value} ${where}`} class="selector">
          <span class="muted">{kind}</span> {value !== '' && <UserText text={value} />}
          {where !== null && <span class="muted"> where </span>}
          {where !== null && <UserText text={where} />}
        </li>
      ))}
      {more > 0 && <li class="muted">and {count(more)} more</li>}
    </ul>
  );
}

function Receipts({ record, isNew }: { readonly record: LogRecord; readonly isNew: boolean }) {
  const { processes, receipt_ms: receiptMs } = record;
  if (processes === null || receiptMs === null) return null;
  const late = processes.filter(({ how }) => how === 'leaseEnded').length;
  return (
    <details class="receipt-list" open={isNew}>
      <summary>
        {receiptText(processes.length)} in {duration(receiptMs)}
        {late > 0 && <Badge tone="warn">{count(late)} by the end of the lease</Badge>}
      </summary>
      <Ripple confirmations={processes} isNew={isNew} />
    </details>
  );
}

function receiptText(processes: number): string {
  if (processes === 0) return 'Waited for the longest lease';
  return `${count(processes)} ${processes === 1 ? 'process' : 'processes'}`;
}

/** Returns the names of the newest files by id. Without them a record names the id. */
function useFileNames(applied: number): ReadonlyMap<string, string> {
  const { answer } = useAnswer(
    (client, signal) => answerOf(client.GET('/api/files', { params: { query: { limit: 100 } }, signal })),
    [applied],
  );
  return new Map(answer?.data.files.map(({ id, name }) => [id, name] as const));
}
