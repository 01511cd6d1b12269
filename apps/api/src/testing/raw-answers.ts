import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RawAnswer {
  readonly status: number;
  /** With names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Sends bytes to a server, and keeps its side of the connection open. Returns all answers, in order, once the server has closed the connection.
 *
 * @param pieces sent one after the other, with pauses, so that the server reads them separately
 */
export async function rawAnswers(url: string, ...pieces: readonly (string | Buffer)[]): Promise<RawAnswer[]> {
  const { port, hostname } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, noDelay: true });
  const received = socket.toArray() as Promise<Buffer[]>;
  // The server may answer and close before it has read everything.
  socket.on('error', () => undefined);
  for (const piece of pieces) {
    socket.write(piece);
    if (pieces.length > 1) await sleep(1);
  }
  return parseAnswers(Buffer.concat(await received).toString('latin1'));
}

/** Parses answers whose bodies have a `Content-Length`. */
function parseAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== ''; ) {
    const [head = '', ...after] = rest.split('\r\n\r\n');
    const [statusLine = '', ...fields] = head.split('\r\n');
    const headers = new Map(
      fields.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    );
    const status = Number(statusLine.split(' ')[1]);
    const body = after.join('\r\n\r\n');
    const length = status < 200 ? 0 : Number(headers.get('content-length') ?? body.length);
    answers.push({ status, headers, body: body.slice(0, length) });
    rest = body.slice(length);
  }
  return answers;
}
