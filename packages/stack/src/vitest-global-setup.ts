import type { TestProject } from 'vitest/node';
import { startServices } from './start-services.ts';
import './vitest.ts';

/** Starts one throw-away set of services for the run and hands their URLs to the tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startServices({ ephemeral: true, say: (line) => console.log(`  ${line}`) });
  project.provide('services', services.env);
  return () => services.stop();
}
