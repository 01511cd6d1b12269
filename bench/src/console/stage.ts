import { randomBytes } from 'node:crypto';
import { buildConsole } from '@pilotlight/console/build';
import { startServices } from '@pilotlight/stack';
import type { Browser } from 'playwright-core';
import { type ServerProcess, startScript } from '../http/server-process.ts';
import { uploadFiles } from '../http/upload-files.ts';
import type { SuiteOptions } from '../suite.ts';

/** What every part works on: one api with some files, and a browser. */
export interface ConsoleStage extends SuiteOptions {
  readonly browser: Browser;
  readonly api: ServerProcess;
}

const READY_WITHIN_MS = 60_000;
const FILES = { files: 4, linesPerFile: 1_000 };

/** Starts the service with one api and one worker, uploads files, and stops everything after `use`. */
export async function onConsoleStage<Result>(
  options: SuiteOptions & { readonly browser: Browser },
  use: (stage: ConsoleStage) => Promise<Result>,
): Promise<Result> {
  const { log } = options;
  // The api reads the built files when it starts.
  await buildConsole(log);
  const running: { stop(): Promise<void> }[] = [];
  const started = async <Server extends { stop(): Promise<void> }>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    running.push(server);
    return server;
  };
  try {
    const services = await started(startServices({ ephemeral: true, log }));
    const adminToken = randomBytes(24).toString('base64url');
    const env = { ...services.env, LOG_LEVEL: 'info', ADMIN_TOKEN: adminToken, PORT: '0' };
    const api = await started(startScript('apps/api/src/server.ts', env));
    await started(startScript('apps/worker/src/worker.ts', env, { waitsForUrl: false }));
    await untilReady(api.url);
    await uploadFiles(api.url, { headers: {}, ...FILES });
    return await use({ ...options, api });
  } finally {
    for (const server of running.reverse()) await server.stop();
  }
}

async function untilReady(url: string): Promise<void> {
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const { status } = await fetch(`${url}/readyz`);
    if (status === 200) return;
    if (performance.now() > giveUpAt) throw new Error(`expected the api to be ready, got ${status} from /readyz`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
