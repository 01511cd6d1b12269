import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import type { CacheManager } from '../../cache-manager.ts';
import { type SimulatedOptions, SimulatedWorld } from '../../testing/index.ts';
import { type ExpressCache, type ExpressCacheOptions, expressCache } from '../cache-result.ts';

/** One answer, with its bytes as they came: `fetch` decodes them. */
export interface RawAnswer {
  readonly status: number;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** An Express application over the cache of one simulated process. */
export interface ExpressApp extends ExpressCache {
  readonly world: SimulatedWorld;
  readonly app: Express;
  readonly cache: CacheManager;
  readonly logged: readonly string[];
  /** Listens at the first request, so after all routes are there. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Sends these headers and no others. */
  askRaw(path: string, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  close(): Promise<void>;
}

export async function openExpressApp(
  options: ExpressCacheOptions = {},
  process: SimulatedOptions = {},
): Promise<ExpressApp> {
  const world = new SimulatedWorld();
  const { cache, logged } = await world.process(process);
  const app = express();
  let listening: ReturnType<typeof listen> | null = null;
  const server = () => (listening ??= listen(app));
  return {
    ...expressCache(cache, options),
    world,
    app,
    cache,
    logged,
    ask: async (path, init) => fetch(`${(await server()).url}${path}`, init),
    askRaw: async (path, headers = {}) => raw(`${(await server()).url}${path}`, headers),
    close: async () => {
      if (listening) await (await listening).close();
      await world.close();
    },
  };
}

async function listen(app: Express): Promise<{ url: string; close(): Promise<void> }> {
  const onError: ErrorRequestHandler = (error: Error, _request, response, _next) => {
    response.status(500).json({ error: error.message });
  };
  app.use(onError);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

async function raw(url: string, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  const [response] = await once(get(url, { headers, agent: false }), 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, bytes: Buffer.concat(chunks), headers: response.headers };
}
