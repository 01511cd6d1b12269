import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How bytes pass: at once; each piece so much later; in pieces of a few bytes; or not at all, and kept until it ends. */
export type Passing =
  | { readonly kind: 'open' }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'sliced'; readonly bytes: number }
  | { readonly kind: 'blackhole' };

const OPEN: Passing = { kind: 'open' };
const HEARD_BYTES = 512;
/** What waits in one direction of a connection before the sender is held up. */
const MOST_WAITING_BYTES = 1024 * 1024;

/** One connection through the link, and what is known of it. */
interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** The first bytes the client sent, which name what it is for. */
  heard: string;
  isHalfOpen: boolean;
}

/** One process's way to one service. It fails the ways networks do, for the connections that are there and those to come. */
export class TcpLink {
  readonly #target: URL;
  readonly #lines = new Set<Line>();
  #server: Server | null = null;
  #port = 0;
  #passing: Passing = OPEN;
  #changed = Promise.withResolvers<void>();

  private constructor(target: URL) {
    this.#target = target;
  }

  static async to(url: string): Promise<TcpLink> {
    const link = new TcpLink(new URL(url));
    await link.accept();
    return link;
  }

  /** The service's URL, by way of this link. */
  get url(): string {
    const url = new URL(this.#target.href);
    url.hostname = '127.0.0.1';
    url.port = String(this.#port);
    return url.href;
  }

  get connections(): number {
    return this.#lines.size;
  }

  pass(passing: Passing): void {
    this.#passing = passing;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** Both ends of every connection get a reset. */
  reset(): void {
    for (const { client, server } of this.#lines) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /**
   * The service loses the connections, and nobody tells the client: what it sends is taken and dropped, and nothing ever
   * comes back. Only those that began with `saying`, when that is given. Answers how many.
   */
  halfOpen(saying = ''): number {
    const cut = [...this.#lines].filter((line) => !line.isHalfOpen && line.heard.includes(saying));
    for (const line of cut) {
      line.isHalfOpen = true;
      line.server.destroy();
    }
    return cut.length;
  }

  /** Nobody listens any more, and what was connected is reset, until `accept`. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.reset();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  async accept(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ allowHalfOpen: false }, (client) => this.#join(client));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error(`expected a TCP address, got ${address}`);
    this.#port = address.port;
  }

  async close(): Promise<void> {
    this.pass(OPEN);
    await this.refuse();
  }

  #join(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const line: Line = { client, server, heard: '', isHalfOpen: false };
    this.#lines.add(line);
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', () => undefined); // 'close' follows
    client.on('close', () => {
      this.#lines.delete(line);
      server.destroy();
    });
    server.on('close', () => {
      if (!line.isHalfOpen) client.destroy();
    });
    client.on('data', (bytes: Buffer) => {
      if (line.heard.length < HEARD_BYTES) line.heard += bytes.toString('latin1', 0, HEARD_BYTES);
    });
    this.#pipe(client, server, line);
    this.#pipe(server, client, line);
  }

  #pipe(from: Socket, to: Socket, line: Line): void {
    let waitingBytes = 0;
    let last = Promise.resolve();
    from.on('data', (bytes: Buffer) => {
      if (line.isHalfOpen) return;
      const arrivedAt = performance.now();
      waitingBytes += bytes.length;
      if (waitingBytes > MOST_WAITING_BYTES) from.pause();
      // In the order in which they came, whatever happens to each.
      last = last.then(async () => {
        await this.#send(bytes, to, arrivedAt);
        waitingBytes -= bytes.length;
        if (waitingBytes <= MOST_WAITING_BYTES) from.resume();
      });
    });
    // What was sent before the end arrives before it.
    from.on('end', () => {
      last = last.then(() => {
        if (!line.isHalfOpen) to.end();
      });
    });
  }

  async #send(bytes: Buffer, to: Socket, arrivedAt: number): Promise<void> {
    while (this.#passing.kind === 'blackhole' && !to.destroyed) {
      const closed = once(to, 'close').catch(() => undefined); // an error is an end too
      await Promise.race([this.#changed.promise, closed]);
    }
    const passing = this.#passing;
    if (passing.kind === 'latency') {
      const leftMs = arrivedAt + passing.ms - performance.now();
      if (leftMs > 0) await delay(leftMs);
    }
    if (to.destroyed || to.writableEnded) return;
    if (passing.kind !== 'sliced') {
      to.write(bytes);
      return;
    }
    for (let at = 0; at < bytes.length && !to.destroyed; at += passing.bytes) {
      to.write(bytes.subarray(at, at + passing.bytes));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
