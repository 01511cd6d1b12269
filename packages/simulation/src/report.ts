import type { Change, History, Read, Source } from './history.ts';

/** A broken promise, and the events around it. */
export interface Report {
  readonly what: string;
  readonly lines: readonly string[];
}

/** Returns the first broken promise of a seed, the events around it, and the command that repeats it. */
export function described(seed: number, [first]: readonly Report[]): string {
  if (!first) return `seed ${seed}: every promise was kept`;
  return [`seed ${seed}: ${first.what}`, ...first.lines, `npm run simulate -- --seed ${seed}`].join('\n    ');
}

const MAX_LINES = 12;
/** How long before the read's answer began an event may be relevant. */
const LOOK_BACK_MS = 250;

/** Returns the loads, writes and failures around a read, in order, with positions and stamps. */
export function aroundRead(history: History, read: Read, source: Source, change: Change | null): string[] {
  const from = Math.min(source.began.at, change?.called.at ?? read.began.at) - LOOK_BACK_MS;
  const processes = new Set([read.process, source.process, change?.process]);
  const lines: Line[] = [
    { at: read.began.at, matters: 9, text: `${read.process}  ${read.how} ${read.key} begins` },
    { at: source.began.at, matters: 9, text: shown(source).trimStart() },
  ];
  for (const line of eventsOf(history, read.key, from)) {
    if (line.of === source) continue;
    const isNear = line.process === null || processes.has(line.process);
    lines.push({ ...line, matters: line.of === change ? 9 : line.matters + (line.matters === 3 && isNear ? 1 : 0) });
  }
  return mostRelevant(lines);
}

/** Returns the loads and writes of a key, and the failures, before an instant. */
export function aroundKey(history: History, key: string, until: number): string[] {
  return mostRelevant(eventsOf(history, key, until - 2 * LOOK_BACK_MS));
}

interface Line {
  readonly at: number;
  readonly matters: number;
  readonly text: string;
}

interface Event extends Line {
  readonly of: unknown;
  readonly process: string | null;
}

function eventsOf(history: History, key: string, from: number): Event[] {
  const events: Event[] = [];
  const note = (at: number, matters: number, text: string, of: { process: string | null }) => {
    if (at >= from) events.push({ at, matters, text, of, process: of.process });
  };
  for (const one of history.of(key).changes) note(one.called.at, 2, shownChange(one, key), one);
  for (const one of history.sources) if (one.key === key) note(one.began.at, 1, shown(one), one);
  for (const one of history.faults) note(one.at, 3, `${one.process ?? '--'}  ${one.what}`, one);
  return events;
}

function mostRelevant(lines: readonly Line[]): string[] {
  const kept = [...lines].sort((a, b) => b.matters - a.matters || b.at - a.at).slice(0, MAX_LINES);
  return lines
    .filter((line) => kept.includes(line))
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }) => `${at} ms  ${text}`);
}

export function shown({ process, kind, key, state, began, ended, stamp }: Source): string {
  const until = ended ? `until ${ended.at}` : 'never ended';
  return `${process}  ${kind} of ${key} begins at ${began.at} as of ${stamp.epoch}-${stamp.asOf}, sees state ${state}, ${until}`;
}

function shownChange({ process, what, called, acknowledged, stamp, states }: Change, key: string): string {
  const state = states.get(key);
  const acknowledgement = acknowledged
    ? `acknowledged at ${acknowledged.at}${stamp ? ` as ${stamp.epoch}-${stamp.asOf}` : ''}`
    : 'not acknowledged';
  return `${process}  ${what}${state === undefined ? '' : ` (state ${state})`} called at ${called.at}, ${acknowledgement}`;
}
