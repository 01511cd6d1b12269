import { describe, expect, test } from 'vitest';
import { expectReadRight, jsonTestSuite } from '../harness/json-test-suite.ts';
import { hasSharedData, NEEDS_SHARED_DATA } from '../harness/shared-data.ts';
import { suiteSystem } from '../harness/suite-system.ts';

describe.skipIf(!hasSharedData)(`JSONTestSuite${NEEDS_SHARED_DATA}`, () => {
  const running = suiteSystem({ apis: 1, workers: 2 });

  test('no JSONTestSuite file is lost or crashes, and no invalid file counts as JSON', async () => {
    const names = jsonTestSuite();
    expect(names.length).toBeGreaterThan(300);
    await expectReadRight(running.api, names);
  });
});
