import { describe, expect, test } from 'vitest';
import { expectReadRight, jsonTestSuite } from '../harness/json-test-suite.ts';
import { oneApi } from '../harness/one-api.ts';
import { hasSharedData, NEEDS_SHARED_DATA } from '../harness/shared-data.ts';

describe.skipIf(!hasSharedData)(`JSONTestSuite${NEEDS_SHARED_DATA}`, () => {
  const running = oneApi({ workers: 2 });

  test('no JSONTestSuite file is lost or crashes, and no invalid file counts as JSON', async () => {
    const names = jsonTestSuite();
    expect(names.length).toBeGreaterThan(300);
    await expectReadRight(running.api, names);
  });
});
