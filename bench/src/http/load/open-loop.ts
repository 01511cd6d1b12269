import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { CORES, pinned } from '../server-process.ts';
import type { Requests } from './requests.ts';
import type { StreamSummary } from './stream-record.ts';

/** Requests that arrive at a constant rate. */
export interface Stream {
  readonly perSecond: number;
  readonly requests: Requests;
}

/** Streams of requests to one server, at the same time. */
export interface OpenLoop<Name extends string = string> {
  readonly url: string;
  readonly streams: Readonly<Record<Name, Stream>>;
  readonly seconds: number;
}

const MAIN = fileURLToPath(import.meta.resolve('./open-loop-main.ts'));

/** Sends the streams from the other core, and resolves when every request is answered. */
export async function openLoop<Name extends string>(load: OpenLoop<Name>): Promise<Record<Name, StreamSummary>> {
  const [file, ...args] = pinned(CORES.load, [process.execPath, MAIN, JSON.stringify(load)]);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const line = output.trim().split('\n').at(-1);
  if (!line) throw new Error(`open loop on ${load.url}: expected a line of totals, got nothing`);
  return JSON.parse(line) as Record<Name, StreamSummary>;
}
