/**
 * One Ctrl-C arrives twice, from the terminal and from processes that forward signals. Signals within this time count
 * as one key press.
 */
const SAME_PRESS_MS = 400;

/** A request to stop this process: a signal, or the end of its parent process. */
export interface StopRequest {
  /** Resolves with the cause of the request, e.g. `SIGINT`. */
  readonly asked: Promise<string>;
  readonly isAsked: boolean;
  /** Resolves on a second request, which asks to stop at once. */
  readonly askedAgain: Promise<string>;
}

/** Starts listening for stop requests. SIGINT, SIGTERM and SIGHUP no longer end the process by themselves. */
export function listenForStop(): StopRequest {
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  let firstAt: number | null = null;
  const ask = (by: string) => {
    const now = performance.now();
    if (firstAt === null) {
      firstAt = now;
      first.resolve(by);
    } else if (now - firstAt > SAME_PRESS_MS) second.resolve(by);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal));
  if (process.env['PARENT_PIPE'] === '1') {
    process.stdin.on('error', () => ask('the end of the parent process'));
    process.stdin.on('close', () => ask('the end of the parent process')).resume();
  }
  return {
    asked: first.promise,
    get isAsked() {
      return firstAt !== null;
    },
    askedAgain: second.promise,
  };
}
