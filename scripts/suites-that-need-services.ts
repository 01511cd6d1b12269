import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.ts';

/** The test files that use real services: those that import the stack, and whatever starts whole processes. */
export function suitesThatNeedServices(): string[] {
  const system = globSync('test/**/*.test.ts', { cwd: ROOT, exclude: ['**/node_modules/**'] });
  const unit = globSync('{packages,apps}/*/src/**/*.test.ts', { cwd: ROOT });
  return [...unit.filter((file) => usesServices(file)), ...system].sort();
}

function usesServices(file: string): boolean {
  return file.startsWith('packages/stack/') || readFileSync(join(ROOT, file), 'utf8').includes('@pilotlight/stack');
}
