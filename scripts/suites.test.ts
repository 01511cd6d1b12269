import { expect, test } from 'vitest';
import { suitesOf, suitesThatNeedServices } from './suites.ts';

test('each suite belongs to npm test or to npm run prove, by its name', () => {
  const [tests, proofs] = [suitesOf('test'), suitesOf('prove')];
  expect(tests).toContain('packages/cache-core/src/testing/simulation/seeds.test.ts');
  expect(proofs).toContain('packages/cache-core/src/testing/simulation/seeds.prove.test.ts');
  expect(tests.filter((file) => file.endsWith('.prove.test.ts'))).toEqual([]);
});

test('a suite that reaches the stack through a helper needs services, and one of pure functions does not', () => {
  const needing = suitesThatNeedServices('test');
  expect(needing).toContain('packages/origin/src/postgres/files.test.ts');
  expect(needing).toContain('test/flow/processes.test.ts');
  expect(needing).not.toContain('packages/cache-core/src/scope.test.ts');
});
