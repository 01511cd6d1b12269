import type { Logger } from './logger.ts';

/** One part of an ordered shutdown: stop intake, drain, flush, close. */
export interface ShutdownStep {
  readonly name: string;
  run(): Promise<unknown>;
}

export interface ShutdownOptions {
  readonly logger: Logger;
  /** What is still running after this long is given up. */
  readonly withinMs: number;
  /** Also shut down when the standard input closes: whoever started the process is gone. */
  readonly onInputEnd: boolean;
}

/**
 * Runs the steps in order on SIGTERM, SIGINT or the end of input, then ends the process: with 0, or with 1 when a step
 * failed or took too long. A step that fails does not keep the later ones from running. A second signal ends it at once.
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
  for (const { name, run } of steps) {
    try {
      await run();
    } catch (error) {
      failed++;
      logger.error({ err: error }, `shutdown: ${name}`);
    }
  }
  return failed;
}
