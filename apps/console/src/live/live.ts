import { ApiProblem, answerOf, newStreamState, readEvents } from '@pilotlight/client';
import { effect, type Signal, signal } from '@preact/signals';
import { client, isRefused } from '../session/session.ts';
import { pause } from './pause.ts';
import type { Sample, Section, SectionName } from './types.ts';
import { isWatched } from './watched.ts';

/**
 * How the live state comes. `polling`: the stream cannot be opened, but the api answers. `lost`: no answer since `since`. `forbidden`:
 * the api needs a token.
 */
export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'polling' }
  | { readonly kind: 'lost'; readonly since: number }
  | { readonly kind: 'forbidden'; readonly error: ApiProblem };

/** The api sends an event at least every 5 s. */
const SILENT_MS = 12_000;
const POLLED_EVERY_MS = 5_000;
/** Polling replaces the stream after this number of attempts; the stream is tried again after as many polls. */
const ATTEMPTS = 3;
const MAX_PAUSE_MS = 2_000;

export const connection = signal<ConnectionState>({ kind: 'connecting' });

const samples: { readonly [Name in SectionName]: Signal<Sample<Name> | null> } = {
  health: signal(null),
  cache: signal(null),
  upcoming: signal(null),
  demo: signal(null),
  processes: signal(null),
  queues: signal(null),
  findings: signal(null),
  sampling: signal(null),
};

/** Returns the latest sample of a section, or null before the first. A component that reads it is drawn again with each change. */
export function useLive<Name extends SectionName>(name: Name): Sample<Name> | null {
  return samples[name].value;
}

/** Follows the live state while the tab is watched, and starts again with each change of the token. */
export function startLive(): void {
  effect(() => {
    void client.value;
    if (!isWatched.value) return;
    const stop = new AbortController();
    void follow(stop.signal);
    return () => stop.abort();
  });
}

async function follow(stop: AbortSignal): Promise<void> {
  if (connection.peek().kind === 'forbidden') connection.value = { kind: 'connecting' };
  const stream = newStreamState();
  for (let failures = 0; !stop.aborted; ) {
    const opened = await readStream(stream, stop);
    if (stop.aborted || connection.peek().kind === 'forbidden') return;
    failures = opened ? 0 : failures + 1;
    if (failures < ATTEMPTS) await pause(Math.min(stream.retryMs, MAX_PAUSE_MS), stop);
    else for (let i = 0; i < ATTEMPTS && !stop.aborted; i++) await poll(stop);
  }
}

/** Reads one stream until it ends. Returns whether an event came. */
async function readStream(state: ReturnType<typeof newStreamState>, stop: AbortSignal): Promise<boolean> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENT_MS);
  let hasEvents = false;
  try {
    const signals = AbortSignal.any([stop, silent.signal]);
    for await (const { event = '', data } of readEvents(client.peek(), '/api/live/events', signals, state)) {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENT_MS);
      hasEvents = true;
      connection.value = { kind: 'live' };
      if (event in samples) accept(event as SectionName, JSON.parse(data));
    }
  } catch (error) {
    if (!stop.aborted) note(error);
  } finally {
    clearTimeout(timer);
  }
  return hasEvents;
}

async function poll(stop: AbortSignal): Promise<void> {
  try {
    const { data } = await answerOf(client.peek().GET('/api/live', { signal: stop }));
    for (const name of Object.keys(samples) as SectionName[]) {
      const sample = data[name];
      if (sample !== null) accept(name, sample as Sampled<typeof name>);
    }
    connection.value = { kind: 'polling' };
  } catch (error) {
    if (!stop.aborted) note(error);
  }
  await pause(POLLED_EVERY_MS, stop);
}

interface Sampled<Name extends SectionName> {
  readonly at: string;
  readonly data: Section<Name>;
}

function accept<Name extends SectionName>(name: Name, { at, data }: Sampled<Name>): void {
  const target: Signal<Sample<Name> | null> = samples[name];
  target.value = { at: Date.parse(at), data };
}

function note(error: unknown): void {
  if (isRefused(error)) {
    connection.value = { kind: 'forbidden', error };
    return;
  }
  // A process that has as many streams as it may still answers polls.
  if (error instanceof ApiProblem && error.code?.startsWith('TOO_MANY_STREAMS')) return;
  if (connection.peek().kind !== 'lost') connection.value = { kind: 'lost', since: Date.now() };
}
