import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type RequestListener, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import type { CacheManager } from '../../cache-manager.ts';
import { SimulatedWorld } from '../../testing/index.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { expressCache } from '../cache-result.ts';
import { fastPath } from '../fast-path.ts';
import { type GeneratedRequest, generatedRequest } from './generated-requests.ts';

type Check = (request: IncomingMessage) => boolean;

const hasRightHost: Check = ({ headers }) => headers.host === 'localhost';
const mayReadPrivate: Check = ({ headers, url = '' }) =>
  !url.includes('private') || headers.authorization === 'Bearer good';
const echoOf = ({ headers }: IncomingMessage): string => String(headers['accept-language'] ?? 'none');

/** Sends requests through Express alone. */
const EXPRESS = (app: Express): RequestListener => app;
/** Sends requests through the fast path, with the checks of the middleware. */
export const FAST = (app: Express, cache: CacheManager, onAnswer: () => void): RequestListener =>
  fastPath(app, cache, {
    allow: (request) => hasRightHost(request) && mayReadPrivate(request),
    headers: (request) => ['X-Echo', echoOf(request)],
    onAnswer,
  });
/** A broken fast path: it skips the checks of the middleware. */
export const FAST_WITHOUT_CHECKS = (app: Express, cache: CacheManager, onAnswer: () => void): RequestListener =>
  fastPath(app, cache, { allow: () => true, headers: (request) => ['X-Echo', echoOf(request)], onAnswer });

/** Most requests repeat one of the latest, as those of real clients do. */
const MAX_REPEATED = 40;

type Way = (app: Express, cache: CacheManager, onAnswer: () => void) => RequestListener;

/** A cached application in its own simulated world, behind one way. It counts its loads in its answers. */
class Served {
  readonly world = new SimulatedWorld();
  fastAnswers = 0;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #cache: CacheManager | null = null;
  #port = 0;
  #close: () => Promise<void> = async () => undefined;

  async start(way: Way): Promise<void> {
    const { cache } = await this.world.process();
    this.#cache = cache;
    const server = createServer(way(application(cache), cache, () => void this.fastAnswers++)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#close = async () => {
      this.#agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
  }

  /** Returns the answer as it came, without the date. Waits until the variants that it has started exist. */
  async ask({ method, path, headers, bodyHeaders, body }: GeneratedRequest) {
    const request = send({ port: this.#port, agent: this.#agent, method, path, headers: [...headers, ...bodyHeaders] });
    for (const chunk of body) request.write(chunk);
    request.end();
    const [response]: IncomingMessage[] = await once(request, 'response');
    if (!response) throw new Error('expected a response');
    const bytes = Buffer.concat(await response.toArray()).toString('base64');
    await this.#settle();
    const { date: _date, ...rest } = response.headersDistinct;
    return { status: response.statusCode, headers: rest, bytes };
  }

  /** Ends what the two worlds do in the background, in real time. */
  async #settle(): Promise<void> {
    const pending: Promise<void>[] = [];
    this.#cache?.internal.engine.memory.each((cached) => {
      for (const encoding of ['br', 'zstd', 'gzip'] as const)
        if (!cached.lacks(encoding)) pending.push(cached.makeVariant(encoding));
    });
    await Promise.all(pending);
  }

  async change(random: SeededRandom): Promise<void> {
    const what = random.weighted([
      ['advance', 3],
      ['invalidate', 1],
      ['expire', 1],
      ['forget', 3],
    ]);
    if (what === 'advance') return this.world.clock.advance(random.oneOf([500, 5_000, 70_000]));
    if (what === 'forget') {
      await this.world.clock.advance(1); // ends the fills of the shared tier
      this.#cache?.internal.engine.memory.evictWhere(() => true);
      return;
    }
    const prefix = random.oneOf(['report', 'search', 'big']);
    if (this.#cache) await this.world.clock.through(this.#cache[what]({ prefix }));
  }

  async close(): Promise<void> {
    await this.#close();
    await this.world.close();
  }
}

/** The application of both ways: middleware that refuses and adds, and routes of each kind. */
function application(cache: CacheManager): Express {
  const { cacheResult } = expressCache(cache, { headers: { 'X-Fixed': 'yes' }, groups: true });
  let loads = 0;
  const app = express().disable('x-powered-by');
  app.use((request, response, next) => {
    response.setHeader('X-Echo', echoOf(request));
    if (!hasRightHost(request)) return void response.status(403).end();
    if (!mayReadPrivate(request)) return void response.status(401).end();
    next();
  });
  app.use(express.json({ limit: 15_000 }));
  const cached = (name: string, options = {}) =>
    cacheResult({ timeout: 60, keyPrefix: name, name, earlyRefresh: 0, staleFor: '30s', ...options })((input) => {
      if (JSON.stringify(input).includes('nothing')) throw Object.assign(new Error('no item'), { status: 404 });
      return { input, loads: ++loads, ...(name === 'big' && { text: 'log line größer '.repeat(300) }) };
    });
  const report = cached('report');
  app.get(['/report', '/private/report'], report);
  app.use('/v1', express.Router().get('/report', report));
  app.get('/items/:id', cached('items'));
  app.get('/big', cached('big'));
  app.get('/language', cached('language', { vary: ['Accept-Language'] }));
  app.post('/search', cached('search', { pureInput: true, input: searchInput }));
  app.use(onError);
  return app;
}

function searchInput({ body }: { readonly body: unknown }): object {
  const q: unknown = typeof body === 'object' && body !== null && 'q' in body ? body.q : undefined;
  if (typeof q !== 'string') throw Object.assign(new Error('q: expected a text'), { status: 400 });
  return { q: q.slice(0, 50) };
}

const onError: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, _next) => {
  response.status(error.status ?? 500).json({ error: error.message });
};

/** The number of requests that both ways answered alike, and the first that they did not. */
export interface Comparison {
  readonly compared: number;
  readonly fastAnswers: number;
  readonly difference: {
    readonly request: GeneratedRequest;
    readonly express: unknown;
    readonly other: unknown;
  } | null;
}

/**
 * Sends the same generated requests, invalidations and steps of the clock through Express and through another way, each over its
 * own simulated world, and compares every answer: status, headers and bytes.
 */
export async function compareWays(
  other: Way,
  { requests, seed }: { requests: number; seed: number },
): Promise<Comparison> {
  const [one, two] = [new Served(), new Served()];
  try {
    await one.start(EXPRESS);
    await two.start(other);
    const random = new SeededRandom(seed);
    const etags: string[] = [];
    const sent: GeneratedRequest[] = [];
    for (let compared = 0; compared < requests; compared++) {
      if (random.chance(0.05)) {
        const change = random.between(1, 1_000_000);
        await one.change(new SeededRandom(change));
        await two.change(new SeededRandom(change));
      }
      const made = generatedRequest(random, etags);
      const request = random.chance(0.6) && sent.length > 0 ? { ...random.oneOf(sent), headers: made.headers } : made;
      sent[compared % MAX_REPEATED] = request;
      const [express, answered] = [await one.ask(request), await two.ask(request)];
      if (JSON.stringify(sorted(express)) !== JSON.stringify(sorted(answered)))
        return { compared, fastAnswers: two.fastAnswers, difference: { request, express, other: answered } };
      const [etag] = express.headers['etag'] ?? [];
      if (etag !== undefined && etags.length < 50) etags.push(etag);
    }
    return { compared: requests, fastAnswers: two.fastAnswers, difference: null };
  } finally {
    await one.close();
    await two.close();
  }
}

function sorted({
  headers,
  ...rest
}: {
  headers: NodeJS.Dict<string[]>;
  status: number | undefined;
  bytes: string;
}): object {
  return { ...rest, headers: Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)) };
}
