import { describeApi, everyRoute } from '@pilotlight/contracts/http';
import type { Config } from '@pilotlight/runtime';
import { expect } from 'vitest';
import { quarantineJob } from '../quarantine-job.ts';
import { startTestApi, type TestApi, type TestApiOptions } from '../test-api.ts';
import { DescribedAnswers } from './described-answers.ts';
import { type Known, REQUESTS, uploadOf } from './requests.ts';
import { type Received, type Sent, send } from './send.ts';

/** A valid token that may not administrate. */
export const LESSER_TOKEN = 'a-token-of-the-contract-test';

export const MAX_UPLOAD_BYTES = 100_000;
export const QUOTA_BYTES = 50_000;

const CONFIG: Partial<Config> = {
  apiTokens: [LESSER_TOKEN],
  allowedHosts: { names: new Set(['logs.example.com']), origins: new Set() },
  uploadMaxBytes: MAX_UPLOAD_BYTES,
  quotas: { total: { bytes: QUOTA_BYTES, files: null }, perUploader: { bytes: null, files: null } },
};

/** Starts an api with tokens and limits, in which all kinds of refusals can be caused. */
export function startContractApi(overrides: Partial<Config> = {}, options: TestApiOptions = {}): Promise<TestApi> {
  return startTestApi({ ...CONFIG, ...overrides }, options);
}

/** Uploads the files that the requests name, and indexes them. */
export async function addFiles(api: TestApi): Promise<Known> {
  const add = async (content: string) => {
    const { body } = await send(api.url, uploadOf(content));
    const { file } = JSON.parse(body.toString()) as { file: { id: string } };
    await api.ingest(file.id);
    return file.id;
  };
  return {
    fileId: await add('2026-03-01 10:00:00 INFO cart: disk added\n2026-03-01 10:00:01 ERROR pay: disk full\n'),
    spareFileId: await add('2026-03-02 10:00:00 INFO cart: spare\n'),
    jobId: await quarantineJob(api, 'warming', 'a bug'),
  };
}

/** Compares answers with the description, and remembers which of the described ones came. */
export class Contract {
  readonly answers = new DescribedAnswers(describeApi('0.1.0'));

  /** Sends a request and fails the test, without ending it, unless the answer has this status and is as described. */
  async expect(api: TestApi, sent: Sent, status: number): Promise<void> {
    this.judge(sent, await send(api.url, sent), status);
  }

  /** Fails the test, without ending it, unless the answer has this status and is as described. */
  judge(sent: Sent, received: Received, status: number): void {
    const name = `${sent.method} ${sent.target.slice(0, 200)}`;
    expect.soft(this.answers.compare(sent, received), name).toEqual([]);
    expect.soft(received.status, `${name}: ${received.body.toString().slice(0, 500)}`).toBe(status);
  }

  /** Sends a valid request to each route. */
  async expectValid(api: TestApi, known: Known): Promise<void> {
    for (const { id, answers } of everyRoute()) {
      const sent: Sent = REQUESTS[id](known);
      const status = 202 in answers ? 202 : 200;
      await this.expect(api, sent, status);
      if (sent.method === 'GET') await this.expect(api, { ...sent, method: 'HEAD' }, status);
    }
  }

  /** Sends methods that no route has to each path. */
  async expectOtherMethods(api: TestApi, known: Known): Promise<void> {
    for (const { id, mounted } of everyRoute()) {
      const valid: Sent = REQUESTS[id](known);
      if (mounted) continue;
      const { target, headers = {} } = valid;
      await this.expect(api, { method: 'OPTIONS', target, headers }, 204);
      await this.expect(api, { method: 'PUT', target, headers }, 405);
    }
  }
}
