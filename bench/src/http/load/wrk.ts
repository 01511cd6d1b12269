import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CORES, pinned } from '../server-process.ts';
import { luaScript } from './lua.ts';
import { type ProcessShares, ProcessWatch } from './process-time.ts';
import type { Requests } from './requests.ts';

export interface Load {
  /** The origin of the server, without a path. */
  readonly url: string;
  readonly requests: Requests;
  readonly connections: number;
  readonly seconds: number;
  /** The process of the server, if its processor time is wanted. */
  readonly serverPid?: number;
  /** Whether statuses from 400 on are counted. Otherwise they are an error. */
  readonly mayRefuse?: boolean;
}

/** One measurement of a server under a closed loop: each connection sends its next request after the answer. */
export interface LoadSample {
  /** The number of requests sent. */
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers with a status from 400 on. They are in `perSecond` too. */
  readonly refused: number;
  /** The processor time of the generator and of the server. Null where the system has no `/proc`. */
  readonly generator: ProcessShares | null;
  readonly server: ProcessShares | null;
}

interface Totals {
  readonly requests: number;
  readonly durationUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly refused: number;
  readonly broken: number;
}

/** Runs wrk with one thread on the other core. Rejects if a connection or an answer failed. */
export async function wrk(program: string, load: Load): Promise<LoadSample> {
  const { url, requests, connections, seconds } = load;
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-wrk-'));
  try {
    const script = join(directory, 'requests.lua');
    writeFileSync(script, luaScript(url, requests));
    const options = ['-t', '1', '-c', String(connections), '-d', `${Math.ceil(seconds)}s`, '--timeout', '30s'];
    return await runGenerator([program, ...options, '-s', script, url], load);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs a generator that prints its totals as its last line. */
export async function runGenerator(command: readonly string[], load: Load): Promise<LoadSample> {
  const [file, ...args] = pinned(CORES.load, command);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const generator = new ProcessWatch(child.pid ?? 0);
  const server = load.serverPid === undefined ? null : new ProcessWatch(load.serverPid);
  child.once('exit', () => {
    shares.generator = generator.shares();
    shares.server = server?.shares() ?? null;
  });
  const shares: { generator: ProcessShares | null; server: ProcessShares | null } = { generator: null, server: null };
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { ...sampleOf(output + errors, load), ...shares };
}

function sampleOf(output: string, { url, mayRefuse = false }: Load): Omit<LoadSample, 'generator' | 'server'> {
  const line = output.split('\n').findLast((each) => each.startsWith('{'));
  if (line === undefined) throw new Error(`load on ${url}: expected a line of totals, got ${output.trim()}`);
  const { requests, durationUs, p50Us, p99Us, refused, broken } = JSON.parse(line) as Totals;
  if (broken > 0 || requests === 0 || (refused > 0 && !mayRefuse)) {
    throw new Error(`load on ${url}: expected only 2xx and 3xx answers, got ${line}`);
  }
  return { requests, perSecond: requests / (durationUs / 1e6), p50Ms: p50Us / 1_000, p99Ms: p99Us / 1_000, refused };
}
