import pTimeout from 'p-timeout';
import type { Logger } from './logger.ts';

/** One part of an ordered shutdown: stop intake, drain, flush, close. */
export interface ShutdownStep {
  readonly name: string;
  /** Later steps do not wait for it any longer. */
  readonly withinMs: number;
  run(): Promise<unknown>;
}

export interface ShutdownOptions {
  readonly logger: Logger;
  /** The process ends after this long at the latest. At least the sum of the steps' own limits. */
  readonly withinMs: number;
  /** Also shut down when the standard input closes: whoever started the process is gone. */
  readonly onInputEnd: boolean;
}

/**
 * Runs the steps in order on SIGTERM, SIGINT or the end of input, then ends the process: with 0, or with 1 when a step
 * failed or all of them took too long. A step that fails, or exceeds its own limit (which is logged), does not keep the later
 * ones from running. A second signal ends it at once.
 */
export function shutDownOnSignal(
  steps: readonly ShutdownStep[],
  { logger, withinMs, onInputEnd }: ShutdownOptions,
): void {
  let begun = false;
  const begin = (why: string) => {
    if (begun) {
      logger.warn(`${why} again: ending at once`);
      process.exit(1);
    }
    begun = true;
    logger.info(`${why}: shutting down`);
    const late = setTimeout(() => {
      logger.error(`shutdown took longer than ${withinMs} ms: ending`);
      process.exit(1);
    }, withinMs);
    void runAll(steps, logger).then((failed) => {
      clearTimeout(late);
      logger.info(failed === 0 ? 'shut down' : `shut down, ${failed} steps failed`);
      process.exit(failed === 0 ? 0 : 1);
    });
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
  if (onInputEnd) process.stdin.on('close', () => begin('the process that started this one is gone')).resume();
}

async function runAll(steps: readonly ShutdownStep[], logger: Logger): Promise<number> {
  let failed = 0;
  for (const { name, withinMs, run } of steps) {
    try {
      if (!(await endsWithin(withinMs, run())))
        logger.warn(`shutdown: ${name} took longer than ${withinMs} ms: continuing`);
    } catch (error) {
      failed++;
      logger.error({ err: error }, `shutdown: ${name}`);
    }
  }
  return failed;
}

/** Returns whether `work` has ended in time. Its result after that is ignored, because the process ends. */
function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const ended = work.then(() => true);
  return pTimeout(ended, { milliseconds, fallback: () => false });
}
