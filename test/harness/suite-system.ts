import { afterAll, beforeAll } from 'vitest';
import { type System, type SystemApi, type SystemOptions, startSystem } from './start-system.ts';

/** The system of a suite. Its members throw before the system has started. */
export interface SuiteSystem {
  readonly system: System;
  /** The first api. */
  readonly api: SystemApi;
  /** The first two apis. */
  readonly apis: readonly [SystemApi, SystemApi];
}

/** Starts a system before the tests of a suite and stops it after them. */
export function suiteSystem(options: SystemOptions): SuiteSystem {
  let running: System | undefined;
  beforeAll(async () => {
    running = await startSystem(options);
  });
  afterAll(() => running?.stop());
  return {
    get system() {
      if (!running) throw new Error('expected a running system');
      return running;
    },
    get api() {
      const [api] = this.system.apis;
      if (!api) throw new Error('expected an api');
      return api;
    },
    get apis() {
      const [first, second] = this.system.apis;
      if (!first || !second) throw new Error('expected two apis');
      return [first, second] as const;
    },
  };
}
