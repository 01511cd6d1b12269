import { afterAll, beforeAll } from 'vitest';
import { type System, type SystemApi, startSystem } from './start-system.ts';

/**
 * Starts a system with one api before the tests of a suite and stops it after them. The result gives the tests access
 * to the api.
 */
export function oneApi(options: { readonly workers: number }): { readonly api: SystemApi } {
  let system: System | undefined;
  beforeAll(async () => {
    system = await startSystem({ apis: 1, ...options });
  });
  afterAll(() => system?.stop());
  return {
    get api() {
      const [api] = system?.apis ?? [];
      if (!api) throw new Error('expected a running api');
      return api;
    },
  };
}
