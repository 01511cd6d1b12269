import { describeApi, everyRoute } from '@pilotlight/contracts/http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DescribedAnswers } from './testing/contract/described-answers.ts';
import { type Generated, generatedRequests, validRequests } from './testing/contract/generated-requests.ts';
import { send } from './testing/contract/send.ts';
import { startTestApi, type TestApi } from './testing/test-api.ts';

const REQUESTS = 1_000;
/** Valid requests of one route, until one succeeds. */
const MAX_TRIES = 100;
const description = describeApi('0.1.0');
const routes = everyRoute().filter(({ mounted }) => !mounted);
const answers = new DescribedAnswers(description);
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.uploadIndexed('2026-03-01 10:00:00 INFO cart: disk added\n2026-03-01 10:00:01 ERROR pay: disk full\n');
});
afterAll(() => api.stop());

/** Returns whether the description allows the JSON body of a generated request. */
function bodyCheck(): (generated: Generated) => boolean {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(description, 'api');
  const compiled = new Map<string, ValidateFunction>();
  return ({ sent: { method, target }, json }) => {
    const path = (target.split('?', 1)[0] ?? '').replaceAll('/', '~1');
    const at = `api#/paths/${encodeURIComponent(path)}/${method.toLowerCase()}/requestBody/content/application~1json/schema`;
    if (json === undefined) return true;
    const validate = compiled.get(at) ?? ajv.compile({ $ref: at });
    compiled.set(at, validate);
    return validate(json);
  };
}

const isAllowed = bodyCheck();

/** Sends a request and checks that the answer is described and fits it. Returns whether it succeeded. */
async function succeeds(generated: Generated): Promise<boolean> {
  const { sent, isValid } = generated;
  const received = await send(api.url, sent);
  const shown = `${sent.method} ${sent.target} ${sent.body ?? ''}\n${received.status} ${received.body}`.slice(0, 1_000);
  expect(answers.compare(sent, received), shown).toEqual([]);
  expect(received.status, shown).toBeLessThan(500);
  if (!isAllowed(generated)) expect(received.status, shown).toBeGreaterThanOrEqual(400);
  return isValid && received.status < 300;
}

test('a thousand generated requests get described answers, none of them of a bug or an overload', async () => {
  const property = fc.asyncProperty(generatedRequests(description, routes), async (generated) => {
    await succeeds(generated);
  });
  await fc.assert(property, { numRuns: REQUESTS });
});

// Conditions between fields are only in code, so some valid requests are refused.
test.for(
  routes.filter(({ path }) => !path.includes(':')).map((route) => [`${route.method} ${route.path}`, route] as const),
)('a valid request of %s succeeds', async ([, route]) => {
  let isDone = false;
  for (const generated of fc.sample(validRequests(description, route), MAX_TRIES)) isDone ||= await succeeds(generated);
  expect(isDone).toBe(true);
});
