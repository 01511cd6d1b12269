import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/**
 * What the gateway does with requests. `open`: forwards them. `partial`: allows the server to answer in part, as a server
 * with other defaults does. The others answer as an Elasticsearch does that is of version 8 or too busy, or whose user is
 * unknown or lacks rights.
 */
export type GatewayMode = 'open' | 'partial' | 'unauthorized' | 'forbidden' | 'other version' | 'busy';

const USER = 'pilotlight';
const PASSWORD = 'a password with % and @';

const REFUSALS = {
  unauthorized: [401, 'security_exception', `unable to authenticate user [${USER}] for REST request`],
  forbidden: [403, 'security_exception', `action is unauthorized for user [${USER}]`],
  'other version': [400, 'media_type_header_exception', 'Accept version must be either version 8 or 7, but found 9'],
  busy: [429, 'es_rejected_execution_exception', 'rejected execution: queue capacity reached'],
} as const;

/** An HTTPS server with a certificate of its own authority in front of Elasticsearch, which demands credentials. */
export class ElasticsearchGateway {
  mode: GatewayMode = 'open';
  /** How many bulk requests the server has answered, whatever the answer. */
  answeredBulks = 0;
  /** Path of the certificate of the authority. */
  readonly caFile: string;
  readonly #directory: string;
  readonly #target: URL;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(target: string, { cert, private: key }: { cert: string; private: string }) {
    this.#target = new URL(target);
    this.#directory = mkdtempSync(join(tmpdir(), 'pilotlight-gateway-'));
    this.caFile = join(this.#directory, 'ca.pem');
    writeFileSync(this.caFile, cert);
    this.#server = createServer({ cert, key }, (message, response) => this.#answer(message, response));
  }

  /** Starts a gateway on a free port of 127.0.0.1. */
  static async to(target: string): Promise<ElasticsearchGateway> {
    const gateway = new ElasticsearchGateway(target, await certificate());
    gateway.#server.listen(0, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  /** The URL with the credentials that it demands. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
    return `https://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#agent.destroy();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #answer(message: IncomingMessage, response: ServerResponse): void {
    const expected = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
    const mode = message.headers.authorization === expected ? this.mode : 'unauthorized';
    if (mode === 'open' || mode === 'partial') this.#forward(message, response, mode === 'partial');
    else if (mode === 'other version' && message.headers.accept === 'application/json') answerAsVersion8(response);
    else refuse(response, mode);
  }

  #forward(message: IncomingMessage, response: ServerResponse, isPartial: boolean): void {
    const { authorization, ...headers } = message.headers;
    const forwarded = request(
      {
        host: this.#target.hostname,
        port: this.#target.port,
        method: message.method,
        path: isPartial ? withPartial(message.url ?? '') : message.url,
        headers,
        agent: this.#agent,
      },
      (answer) => {
        if (message.url?.includes('/_bulk')) answer.once('end', () => (this.answeredBulks += 1));
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    // As a reset of the connection: the client does not learn whether the server has seen the request.
    forwarded.on('error', () => response.destroy());
    response.on('close', () => forwarded.destroy());
    message.pipe(forwarded);
  }
}

function refuse(response: ServerResponse, mode: keyof typeof REFUSALS): void {
  const [status, type, reason] = REFUSALS[mode];
  response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
  response.end(JSON.stringify({ error: { type, reason, root_cause: [{ type, reason }] }, status }));
}

/** A server of version 8 answers requests for plain JSON. */
function answerAsVersion8(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
  response.end(JSON.stringify({ nodes: { one: { version: '8.19.4' } } }));
}

function withPartial(path: string): string {
  const allowed = 'allow_partial_search_results=true';
  if (path.includes('allow_partial_search_results=false'))
    return path.replace('allow_partial_search_results=false', allowed);
  return path.includes('_pit?') ? `${path}&${allowed}` : path;
}

/** Returns a certificate for 127.0.0.1 that is its own authority. */
function certificate(): Promise<{ cert: string; private: string }> {
  return generate([{ name: 'commonName', value: 'pilotlight test' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
}
