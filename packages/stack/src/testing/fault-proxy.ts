import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * How the proxy forwards bytes. `open`: at once. `latency`: each piece `ms` after it arrived. `paced`: with a pause of
 * `pauseMs` after each piece of at most 64 kB. `sliced`: in pieces of `bytes` bytes. `blackhole`: not at all; the proxy holds
 * the bytes until the mode changes.
 */
export type Forwarding =
  | { readonly kind: 'open' }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'paced'; readonly pauseMs: number }
  | { readonly kind: 'sliced'; readonly bytes: number }
  | { readonly kind: 'blackhole' };

const OPEN: Forwarding = { kind: 'open' };
const RECORDED_BYTES = 512;
/** The bytes that one direction of a connection may hold before the proxy stops reading from the sender. */
const MAX_HELD_BYTES = 1024 * 1024;

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  /** The first bytes that the client sent, which identify the connection's purpose. */
  recorded: string;
  isHalfOpen: boolean;
}

/** A TCP proxy to one server that injects network faults into its present and future connections. */
export class FaultProxy {
  #target: URL;
  readonly #connections = new Set<Connection>();
  #server: Server | null = null;
  #port = 0;
  #forwarding: Forwarding = OPEN;
  #changed = Promise.withResolvers<void>();

  private constructor(target: URL) {
    this.#target = target;
  }

  /**
   * Starts a proxy that listens on a free port of 127.0.0.1 and forwards everything.
   *
   * @param url the server's URL, with host and port
   */
  static async to(url: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(url));
    await proxy.accept();
    return proxy;
  }

  /** The server's URL, through this proxy. */
  get url(): string {
    const url = new URL(this.#target.href);
    url.hostname = '127.0.0.1';
    url.port = String(this.#port);
    return url.href;
  }

  /** Forwards connections from now on to another server. */
  pointTo(url: string): void {
    this.#target = new URL(url);
  }

  /** The number of open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Sets how bytes are forwarded from now on, including those that the proxy holds. */
  forward(forwarding: Forwarding): void {
    this.#forwarding = forwarding;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** Resets both ends of every connection. */
  reset(): void {
    for (const { client, server } of this.#connections) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /**
   * Ends connections on the server's side only: the client gets no notification, and the proxy drops everything that the
   * client sends from then on.
   *
   * @param recorded limits this to connections whose first bytes contain this text; defaults to all
   * @returns the number of connections that were cut
   */
  halfOpen(recorded = ''): number {
    const cut = [...this.#connections].filter((one) => !one.isHalfOpen && one.recorded.includes(recorded));
    for (const connection of cut) {
      connection.isHalfOpen = true;
      connection.server.destroy();
    }
    return cut.length;
  }

  /** Resets every connection and refuses new ones, until `accept`. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.reset();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** Listens again, on the same port, after `refuse`. */
  async accept(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ allowHalfOpen: false }, (client) => this.#connect(client));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error(`expected a TCP address, got ${address}`);
    this.#port = address.port;
  }

  /** Ends every connection and stops listening. */
  async close(): Promise<void> {
    this.forward(OPEN);
    await this.refuse();
  }

  #connect(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const connection: Connection = { client, server, recorded: '', isHalfOpen: false };
    this.#connections.add(connection);
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', () => undefined); // 'close' follows
    client.on('close', () => {
      this.#connections.delete(connection);
      server.destroy();
    });
    server.on('close', () => {
      if (!connection.isHalfOpen) client.destroy();
    });
    client.on('data', (bytes: Buffer) => {
      if (connection.recorded.length < RECORDED_BYTES)
        connection.recorded += bytes.toString('latin1', 0, RECORDED_BYTES);
    });
    this.#pipe(client, server, connection);
    this.#pipe(server, client, connection);
  }

  #pipe(from: Socket, to: Socket, connection: Connection): void {
    let heldBytes = 0;
    let last = Promise.resolve();
    from.on('data', (bytes: Buffer) => {
      if (connection.isHalfOpen) return;
      const arrivedAt = performance.now();
      heldBytes += bytes.length;
      if (heldBytes > MAX_HELD_BYTES) from.pause();
      // One piece after the other, so that a mode never reorders bytes.
      last = last.then(async () => {
        await this.#send(bytes, to, arrivedAt);
        heldBytes -= bytes.length;
        if (heldBytes <= MAX_HELD_BYTES) from.resume();
      });
    });
    // The end follows the bytes that were sent before it.
    from.on('end', () => {
      last = last.then(() => {
        if (!connection.isHalfOpen) to.end();
      });
    });
  }

  async #send(bytes: Buffer, to: Socket, arrivedAt: number): Promise<void> {
    while (this.#forwarding.kind === 'blackhole' && !to.destroyed) {
      const closed = once(to, 'close').catch(() => undefined); // an error closes it too
      await Promise.race([this.#changed.promise, closed]);
    }
    const forwarding = this.#forwarding;
    if (forwarding.kind === 'latency') {
      const leftMs = arrivedAt + forwarding.ms - performance.now();
      if (leftMs > 0) await delay(leftMs);
    }
    if (to.destroyed || to.writableEnded) return;
    if (forwarding.kind !== 'sliced') {
      to.write(bytes);
      if (forwarding.kind === 'paced') await delay(forwarding.pauseMs);
      return;
    }
    for (let at = 0; at < bytes.length && !to.destroyed; at += forwarding.bytes) {
      to.write(bytes.subarray(at, at + forwarding.bytes));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
