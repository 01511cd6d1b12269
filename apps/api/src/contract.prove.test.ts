import { everyRoute } from '@pilotlight/contracts/http';
import { expect, test } from 'vitest';
import { addFiles, Contract, LESSER_TOKEN, startContractApi } from './testing/contract/contract-api.ts';
import { refusals } from './testing/contract/refusals.ts';
import { type Known, REQUESTS } from './testing/contract/requests.ts';
import { type Sent, send } from './testing/contract/send.ts';
import { specialRequests } from './testing/contract/special-requests.ts';
import { ONLY_SHUTDOWN, UNREACHED } from './testing/contract/unreached.ts';
import type { TestApi } from './testing/test-api.ts';

const contract = new Contract();

/** Runs a check with an api, and stops it. */
async function withApi(starting: Promise<TestApi>, check: (api: TestApi) => Promise<void>): Promise<void> {
  const api = await starting;
  try {
    await check(api);
  } finally {
    await api.stop();
  }
}

async function whileHealthy(api: TestApi): Promise<void> {
  const known = await addFiles(api);
  for (const { sent, status } of refusals(known, LESSER_TOKEN)) await contract.expect(api, sent, status);
  for (const { sent, status, before, meanwhile } of specialRequests(known)) {
    await before?.(api);
    await Promise.all([contract.expect(api, sent, status), meanwhile?.(api)]);
  }
  await contract.expectValid(api, await addFiles(api));
}

/** Sends valid requests to an api whose database and Redis are unreachable. */
async function whileUnavailable(api: TestApi): Promise<void> {
  const known: Known = { fileId: 'f', spareFileId: 'f', jobId: 'none' };
  for (const { id, method, path } of everyRoute()) {
    const described = `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
    await contract.expect(api, REQUESTS[id](known), ONLY_SHUTDOWN.has(described) ? 200 : 503);
  }
}

/** Sends requests to an api that allows one per minute: the first of each minute is answered, so a second one follows it. */
async function whileLimited(api: TestApi): Promise<void> {
  const known: Known = { fileId: 'f', spareFileId: 'f', jobId: 'none' };
  for (const { id, access } of everyRoute()) {
    const sent: Sent = REQUESTS[id](known);
    if (access === 'open') continue;
    let received = await send(api.url, sent);
    if (received.status !== 429) received = await send(api.url, sent);
    contract.judge(sent, received, 429);
  }
}

test('each described answer comes, and is as described', async () => {
  await withApi(startContractApi(), whileHealthy);
  await withApi(startContractApi({ rateLimits: { token: 1, address: null } }), whileLimited);
  const unavailable = startContractApi(
    { databaseUrl: 'postgres://postgres@127.0.0.1:1/none' },
    {
      prepare: ({ cache, queue }) => {
        cache.kill('SIGKILL');
        queue.kill('SIGKILL');
      },
    },
  );
  await withApi(unavailable, whileUnavailable);

  const reasonFor = (answer: string) => {
    const [, operation = '', status = ''] = /^(.*) (\d+)$/.exec(answer) ?? [];
    return (
      UNREACHED[answer] ??
      UNREACHED[status] ??
      (status === '503' && ONLY_SHUTDOWN.has(operation) ? 'shutdown' : undefined)
    );
  };
  const { described, seen } = contract.answers;
  expect(described.filter((answer) => !seen.has(answer) && reasonFor(answer) === undefined)).toEqual([]);
  // A reason for an answer that comes is wrong.
  expect([...seen].filter((answer) => reasonFor(answer) !== undefined)).toEqual([]);
});
