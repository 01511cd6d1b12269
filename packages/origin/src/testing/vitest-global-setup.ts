import { createDatabase } from '@pilotlight/stack/testing';
import type { TestProject } from 'vitest/node';
import '@pilotlight/stack/vitest';
import { migrate } from '../postgres/migrate.ts';

/** Migrates one database for the whole run. Tests copy it, which takes a fifth of the time of a migration. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { services } = project.getProvidedContext();
  if (services === undefined) return () => Promise.resolve();
  const database = await createDatabase(services.DATABASE_URL);
  await migrate(database.url);
  project.provide('migratedDatabase', new URL(database.url).pathname.slice(1));
  return () => database.drop();
}
