import { expect, test } from 'vitest';
import { suitesOf, suitesThatNeedChromium, suitesThatNeedServices } from './suites.ts';

test('the name of a suite decides between npm test and npm run prove', () => {
  const [tests, proofs] = [suitesOf('test'), suitesOf('prove')];
  expect(tests).toContain('packages/simulation/src/seeds.test.ts');
  expect(proofs).toContain('packages/simulation/src/seeds.prove.test.ts');
  expect(tests.filter((file) => file.endsWith('.prove.test.ts'))).toEqual([]);
});

test('a suite needs services if it imports the stack, directly or through helpers', () => {
  const needing = suitesThatNeedServices('test');
  expect(needing).toContain('packages/origin/src/postgres/files.test.ts');
  expect(needing).toContain('test/flow/processes.test.ts');
  expect(needing).not.toContain('packages/cache-core/src/model/scope.test.ts');
});

test('a suite needs a Chromium if it launches one', () => {
  expect(suitesThatNeedChromium('test')).toContain('test/console/pages.test.ts');
  expect(suitesThatNeedChromium('prove')).toContain('test/console/search.prove.test.ts');
  expect(suitesThatNeedChromium('test')).not.toContain('test/flow/processes.test.ts');
});
