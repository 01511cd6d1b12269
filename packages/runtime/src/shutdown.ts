import pTimeout from 'p-timeout';
import { endProcess } from './end-process.ts';
import type { Logger } from './logger.ts';

/** One part of an ordered shutdown: stop intake, drain, flush, close. */
export interface ShutdownStep {
  readonly name: string;
  /** The maximum time, in ms, that later steps wait for this one. */
  readonly withinMs: number;
  run(): Promise<unknown>;
}

export interface ShutdownOptions {
  readonly logger: Logger;
  /** The process ends within this time, in ms. It must be at least the sum of the steps' limits. */
  readonly withinMs: number;
  /** Whether to shut down when the standard input closes, because the parent process has ended. */
  readonly onInputEnd: boolean;
}

/**
 * On SIGTERM, SIGINT or the end of input, runs the steps in order and ends the process with 0, or with 1 if a step failed or the whole
 * took too long. Later steps run even if a step fails or exceeds its limit, which is logged. A second signal ends the process at
 * once.
 */
export function shutDownOnSignal(
  steps: readonly ShutdownStep[],
  { logger, withinMs, onInputEnd }: ShutdownOptions,
): void {
  let begun = false;
  const begin = (why: string) => {
    if (begun) {
      logger.warn(`${why} again: ending the process at once`);
      process.exit(1);
    }
    begun = true;
    logger.info(`${why}: shutting down`);
    const late = setTimeout(() => {
      logger.error(`shutdown took longer than ${withinMs} ms: ending the process`);
      endProcess(1);
    }, withinMs);
    void runAll(steps, logger).then((failed) => {
      clearTimeout(late);
      logger.info(failed === 0 ? 'shut down' : `shut down, ${failed} steps failed`);
      endProcess(failed === 0 ? 0 : 1);
    });
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
  if (onInputEnd) process.stdin.on('close', () => begin('the parent process has ended')).resume();
}

async function runAll(steps: readonly ShutdownStep[], logger: Logger): Promise<number> {
  let failed = 0;
  for (const { name, withinMs, run } of steps) {
    try {
      if (!(await endsWithin(withinMs, run())))
        logger.warn(`shutdown: step ${name} took longer than ${withinMs} ms: continuing`);
    } catch (error) {
      failed++;
      logger.error({ err: error }, `shutdown: step ${name} failed`);
    }
  }
  return failed;
}

/** Returns whether `work` has ended within `milliseconds`. Rejects if it rejects by then; later results are ignored. */
export function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const ended = work.then(() => true);
  return pTimeout(ended, { milliseconds, fallback: () => false });
}
