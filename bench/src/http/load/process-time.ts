import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports processor time in ticks of 10 ms (`USER_HZ`), whatever the kernel's own tick is. */
const TICK_MS = 10;
const EVERY_MS = 50;

/** How a process and its children spent a span of time, as shares of one core. */
export interface ProcessShares {
  /** It ran: user and system time from `/proc/<pid>/stat`. */
  readonly busy: number;
  /** It was ready to run, but another process had the core: from `/proc/<pid>/task/<tid>/schedstat`. */
  readonly waiting: number;
}

interface Reading {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly waitedMs: number;
}

/** Watches a process from now on. `shares` returns its shares until its last reading, also after its end. */
export class ProcessWatch {
  readonly #pid: number;
  readonly #first: Reading | null;
  #last: Reading | null;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#pid = pid;
    this.#first = readProcess(pid);
    this.#last = this.#first;
    this.#timer = setInterval(() => this.#read(), EVERY_MS);
  }

  #read(): void {
    this.#last = readProcess(this.#pid) ?? this.#last;
  }

  /** Ends the watch. Returns null on a system without `/proc`. */
  shares(): ProcessShares | null {
    clearInterval(this.#timer);
    this.#read();
    const [first, last] = [this.#first, this.#last];
    if (first === null || last === null || last.atMs <= first.atMs) return null;
    const spanMs = last.atMs - first.atMs;
    return { busy: (last.cpuMs - first.cpuMs) / spanMs, waiting: (last.waitedMs - first.waitedMs) / spanMs };
  }
}

/** Returns null if the process does not exist. */
function readProcess(pid: number): Reading | null {
  try {
    const processes = [pid, ...childrenOf(pid)];
    const cpuMs = processes.map((each) => cpuMsOf(readFileSync(`/proc/${each}/stat`, 'utf8')));
    return { atMs: performance.now(), cpuMs: cpuMs.reduce((a, b) => a + b), waitedMs: waitedMs(pid) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return null;
    throw error;
  }
}

/** nginx and Varnish answer in a child process. */
function childrenOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
}

/** Returns the user and system time of a line of `/proc/<pid>/stat`. The name in it may contain spaces and parentheses. */
export function cpuMsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Returns the time of the thread that waited longest, which is the one that works. */
function waitedMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const waited = threads.map((thread) => {
    const [, nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  });
  return Math.max(...waited);
}
