import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../harness/ask.ts';
import { expectReadRight, jsonTestSuite } from '../harness/json-test-suite.ts';
import { hasSharedData, NEEDS_SHARED_DATA } from '../harness/shared-data.ts';
import { type System, startSystem } from '../harness/start-system.ts';

describe.skipIf(!hasSharedData)(`JSONTestSuite${NEEDS_SHARED_DATA}`, () => {
  let system: System;
  let api: Api;

  beforeAll(async () => {
    system = await startSystem({ apis: 1, workers: 2 });
    const [first] = system.apis;
    if (!first) throw new Error('expected an api');
    api = first;
  });
  afterAll(() => system?.stop());

  test('no file of JSONTestSuite is lost or a crash, and none that must be refused counts as JSON', async () => {
    const names = jsonTestSuite();
    expect(names.length).toBeGreaterThan(300);
    await expectReadRight(api, names);
  });
});
