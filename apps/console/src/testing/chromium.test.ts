import { expect, test } from 'vitest';
import { needsChromium } from './chromium.ts';

test('without a Chromium a suite is skipped with the reason', () => {
  expect(needsChromium({ PATH: '/nowhere' })).toBe(' (needs chromium on PATH, or CHROMIUM_PATH)');
});

test.for([
  ['a Chromium is given', { PATH: '/nowhere', CHROMIUM_PATH: '/opt/chromium' }],
  ['every service is required', { PATH: '/nowhere', REQUIRE_SERVICES: 'all' }],
] as const)('if %s, no suite is skipped', ([, env]) => {
  expect(needsChromium(env)).toBe('');
});
