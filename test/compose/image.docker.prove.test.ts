import { prepareImages } from '@pilotlight/stack/testing';
import { testDocker } from '@pilotlight/stack/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { baseImages, ComposeProject } from './compose-project.ts';
import { compiledModules, documentedSizes, imageFacts } from './image-facts.ts';
import { log, timed } from './timed-step.ts';

const MAX_IMAGE_BYTES = 250e6;
const MAX_MODULES_BYTES = 50e6;
// Each step of the setup has a limit of its own; this is longer than all of them.
const SETUP_WITHIN_MS = 2_400_000;

let project: ComposeProject;

beforeAll(async () => {
  const docker = testDocker();
  project = new ComposeProject(docker);
  await timed('base images', () => prepareImages(docker, baseImages(), log));
  await timed('image of api and worker', () => project.build());
}, SETUP_WITHIN_MS);
afterAll(async () => {
  // The layers stay in a daemon of the run's own, for the suite of the whole system, which comes later. Others are left as they were.
  if (testDocker().isOwn) project.dispose();
  else await project.remove();
}, SETUP_WITHIN_MS);

test('the image has production dependencies only, and is small', async () => {
  const { user, bytes, modules } = await imageFacts(project);
  console.log(`  image ${(bytes / 1e6).toFixed(0)} MB, node_modules ${(modules.bytes / 1e6).toFixed(1)} MB`);
  expect(user).toBe('node');
  expect(bytes).toBeLessThan(MAX_IMAGE_BYTES);
  expect(modules.unwanted).toEqual([]);
  expect(modules.packages).toBeGreaterThan(50);
  expect(modules.bytes).toBeLessThan(MAX_MODULES_BYTES);
  const documented = documentedSizes();
  for (const [found, named] of [
    [bytes, documented.image],
    [modules.bytes, documented.modules],
  ] as const)
    expect(Math.abs(found / named - 1), `${found} bytes, ${named} in README.md`).toBeLessThan(0.1);
});

test.for(['apps/api/src/start-api.ts', 'apps/worker/src/run-worker.ts'])(
  'every module that %s loads is compiled in the image',
  async (module) => {
    const { accepted, others } = await compiledModules(project, module);
    expect(others).toEqual([]);
    expect(accepted).toBeGreaterThan(500);
  },
);
