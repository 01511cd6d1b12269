import { expect, test } from 'vitest';
import { testServices } from './vitest.ts';

test('a test gets the URLs of the services of its run', () => {
  expect(testServices()).toEqual({
    DATABASE_URL: expect.stringMatching(/^postgres:\/\//),
    REDIS_CACHE_URL: expect.stringMatching(/^redis:\/\//),
    REDIS_QUEUE_URL: expect.stringMatching(/^redis:\/\//),
  });
});
