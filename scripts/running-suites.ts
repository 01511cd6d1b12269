import { performance } from 'node:perf_hooks';
import { seconds } from '@pilotlight/stack';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

const SHOW_EVERY_MS = 15_000;

interface Running {
  readonly startedAt: number;
  done: number;
  test: string | null;
}

/** Vitest reporter for output that is not a terminal: it periodically logs the running suites and their progress. */
export class RunningSuites implements Reporter {
  readonly #running = new Map<TestModule, Running>();
  #timer: NodeJS.Timeout | null = null;

  onTestRunStart(): void {
    if (!process.stdout.isTTY) this.#timer = setInterval(() => this.#show(), SHOW_EVERY_MS);
  }

  onTestModuleStart(module: TestModule): void {
    this.#running.set(module, { startedAt: performance.now(), done: 0, test: null });
  }

  onTestCaseReady(test: TestCase): void {
    const running = this.#running.get(test.module);
    if (running) running.test = test.name;
  }

  onTestCaseResult(test: TestCase): void {
    const running = this.#running.get(test.module);
    if (running) running.done += 1;
  }

  onTestModuleEnd(module: TestModule): void {
    this.#running.delete(module);
  }

  onTestRunEnd(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #show(): void {
    for (const [module, { startedAt, done, test }] of this.#running) {
      const tests = [...module.children.allTests()].length;
      const current = test === null ? '' : ` › ${test}`;
      console.log(
        `  running ${module.relativeModuleId} for ${seconds(performance.now() - startedAt)}, ${done} of ${tests}${current}`,
      );
    }
  }
}
