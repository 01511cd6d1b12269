import type { TestProject } from 'vitest/node';
import type { ServiceEnv } from '../services.ts';
import { startServices } from '../start-services.ts';
import { seedOfRun } from './seed-of-run.ts';
import './vitest.ts';

/**
 * Provides tests with the seed of the run and the URLs of its services: the services that the runner started, or else
 * one throw-away set that is stopped after the run.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const seed = seedOfRun(process.env, project.config.root);
  console.log(`  Random tests use seed ${seed}; SEED=${seed} repeats them`);
  project.provide('seed', seed);
  project.provide('docker', JSON.parse(process.env['PILOTLIGHT_TEST_DOCKER'] ?? 'null'));
  const given = process.env['PILOTLIGHT_TEST_SERVICES'];
  if (given !== undefined) {
    const env: ServiceEnv | null = JSON.parse(given);
    if (env !== null) project.provide('services', env);
    return () => Promise.resolve();
  }
  const services = await startServices({ ephemeral: true, log: (line) => console.log(`  ${line}`) });
  project.provide('services', services.env);
  return () => services.stop();
}
