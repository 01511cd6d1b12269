import { connect, type Socket } from 'node:net';

/** The answer to one request. Status 0: the connection ended before its end. */
export type OnAnswer = (status: number) => void;

/**
 * One connection of a generator of load. It reads no more of an answer than where it ends, so that a generator in Node is
 * several times faster than a server in Node. wrk cannot send HEAD: it waits for the body that `Content-Length` announces.
 */
export class Exchange {
  readonly #socket: Socket;
  readonly #hasBody: boolean;
  #received: Buffer = Buffer.alloc(0);
  #onAnswer: OnAnswer | null = null;
  #isOpen = true;
  /** Bytes of the answer that are still to come, once its headers are known. */
  #missing = -1;
  #status = 0;

  constructor(url: URL, { hasBody }: { hasBody: boolean }) {
    this.#hasBody = hasBody;
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    this.#socket.on('error', () => this.#end()); // Reported as an answer with status 0.
    this.#socket.on('close', () => this.#end());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(text: string, onAnswer: OnAnswer): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(text, 'latin1');
  }

  close(): void {
    this.#isOpen = false;
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#missing >= 0) {
      this.#missing -= bytes.length;
    } else {
      this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
      const end = this.#received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = this.#received.toString('latin1', 0, end);
      this.#status = Number(head.slice(9, 12));
      this.#missing = this.#bodyBytes(head) - (this.#received.length - end - 4);
      this.#received = Buffer.alloc(0);
      if (/\r\nconnection: close/i.test(head)) this.#isOpen = false;
    }
    if (this.#missing > 0) return;
    this.#missing = -1;
    this.#answer(this.#status);
  }

  #bodyBytes(head: string): number {
    if (!this.#hasBody || this.#status === 304) return 0;
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`expected an answer with Content-Length, got ${head}`);
    return Number(length);
  }

  #end(): void {
    this.#isOpen = false;
    this.#answer(0);
  }

  #answer(status: number): void {
    const onAnswer = this.#onAnswer;
    this.#onAnswer = null;
    onAnswer?.(status);
  }
}
