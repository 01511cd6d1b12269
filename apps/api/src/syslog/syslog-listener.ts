import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { MAX_MESSAGE_BYTES, SyslogFrames } from './frames.ts';
import { lineOfMessage } from './line-of-message.ts';
import type { MessageBuffer } from './message-buffer.ts';
import type { SyslogCounts, Transport } from './syslog-metrics.ts';

export interface SyslogListenerOptions {
  readonly host: string;
  /** For TCP and UDP. 0 takes any free port. */
  readonly port: number;
  readonly buffer: MessageBuffer;
  readonly counts: SyslogCounts;
  /** Defaults to 256. */
  readonly maxConnections?: number;
  /** A message has to end within this time, in ms. Defaults to 30 s. */
  readonly messageMs?: number;
}

const MAX_CONNECTIONS = 256;
const MESSAGE_MS = 30_000;
/** A connection without messages for this time is closed; senders open it again. */
const IDLE_MS = 3_600_000;

/** Listens for syslog over TCP (RFC 6587) and UDP (RFC 5426). Messages become lines of the stream `syslog`. */
export class SyslogListener {
  readonly #options: SyslogListenerOptions;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #udp: UdpSocket;

  constructor(options: SyslogListenerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#serve(socket));
    this.#server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
    this.#server.on('drop', () => options.counts.dropped('tcp', 'too many connections'));
    this.#udp = createSocket(isIPv6(options.host) ? 'udp6' : 'udp4');
    this.#udp.on('message', (message) => this.#accept('udp', message));
  }

  /** Resolves with the port. Rejects if it cannot listen. */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address() as AddressInfo; // a server that listens on TCP has an address
    this.#udp.bind(address.port, host);
    await once(this.#udp, 'listening');
    // A datagram that is too large, or a port that became unreachable, must not end the process.
    this.#udp.on('error', () => undefined);
    return address.port;
  }

  /** Takes no more messages, and stores those that wait. */
  async close(): Promise<void> {
    this.#server.close();
    this.#udp.close();
    for (const socket of this.#sockets) socket.destroy();
    await this.#options.buffer.close();
  }

  #serve(socket: Socket): void {
    const { counts, buffer, messageMs = MESSAGE_MS } = this.#options;
    let partialSince: number | null = null;
    const frames = new SyslogFrames(
      (message) => {
        partialSince = null;
        this.#accept('tcp', message);
      },
      () => counts.dropped('tcp', 'too long'),
    );
    let forget = (): unknown => undefined;
    const waitIfFull = (): void => {
      if (!buffer.isFull) return;
      socket.pause();
      forget = buffer.onceDrained(() => {
        // The time of the pause does not count.
        if (partialSince !== null) partialSince = performance.now();
        socket.resume();
      });
    };
    const endSlow = setInterval(
      () => {
        if (partialSince === null || socket.isPaused() || performance.now() - partialSince < messageMs) return;
        counts.dropped('tcp', 'too slow');
        socket.destroy();
      },
      Math.max(1, messageMs / 4),
    );
    this.#sockets.add(socket);
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      frames.add(bytes);
      partialSince = frames.isPartial ? (partialSince ?? performance.now()) : null;
      waitIfFull();
    });
    waitIfFull();
    socket.once('end', () => frames.end());
    socket.once('close', () => {
      clearInterval(endSlow);
      forget();
      this.#sockets.delete(socket);
    });
  }

  #accept(transport: Transport, message: Buffer): void {
    const { buffer, counts } = this.#options;
    const line = lineOfMessage(message);
    if (line === '') return;
    // A connection is paused once the buffer is full; what it had sent before is accepted.
    if (message.length > MAX_MESSAGE_BYTES) counts.dropped(transport, 'too long');
    else if (buffer.add(line, { isBounded: transport === 'udp' })) counts.accepted(transport);
    else counts.dropped(transport, 'buffer full');
  }
}
