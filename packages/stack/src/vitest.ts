import { inject } from 'vitest';
import type { ServiceEnv } from './services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The services of this run. */
    services: ServiceEnv;
  }
}

/** The services that the run has started, for a test of any package: make a database of your own with `createDatabase`. */
export function testServices(): ServiceEnv {
  return inject('services');
}
