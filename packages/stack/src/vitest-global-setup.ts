import type { TestProject } from 'vitest/node';
import type { ServiceEnv } from './services.ts';
import { startServices } from './start-services.ts';
import './vitest.ts';

/**
 * Hands the URLs of the run's services to the tests: those that the runner started, else one throw-away set that ends with
 * the run.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['PILOTLIGHT_TEST_SERVICES'];
  if (given !== undefined) {
    const env: ServiceEnv | null = JSON.parse(given);
    if (env !== null) project.provide('services', env);
    return () => Promise.resolve();
  }
  const services = await startServices({ ephemeral: true, say: (line) => console.log(`  ${line}`) });
  project.provide('services', services.env);
  return () => services.stop();
}
