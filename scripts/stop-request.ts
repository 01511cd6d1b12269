/** A Ctrl-C comes from the terminal and once more from what passes signals on: within this time it is one key press. */
const SAME_PRESS_MS = 400;

/** Somebody wants this process to end: by a signal, or because the process that started it has gone. */
export interface StopRequest {
  /** Resolves with what asked for it, e.g. `SIGINT`. */
  readonly asked: Promise<string>;
  readonly isAsked: boolean;
  /** Resolves when it is asked a second time: somebody is in a hurry. */
  readonly askedAgain: Promise<string>;
}

/** Listens from now on; the process no longer ends by itself at SIGINT, SIGTERM or SIGHUP. */
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
