import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const STREAM = '/api/live/events';

export interface BusyProxy {
  readonly url: string;
  /** Events that were sent to all streams so far. */
  sent(): number;
  stop(): Promise<void>;
}

/**
 * Starts a proxy before an api that passes everything on but the stream of the live state. That stream gets `perSecond` events, in
 * turn one of each section, and each changes every number of its section.
 */
export async function startBusyProxy(apiUrl: string, perSecond: number): Promise<BusyProxy> {
  const sections = await liveSections(apiUrl);
  let sent = 0;
  const stream = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const began = performance.now();
    let due = 0;
    const timer = setInterval(() => {
      for (; due < ((performance.now() - began) / 1_000) * perSecond; due++, sent++) {
        const [name, data] = sections[due % sections.length] ?? ['tick', {}];
        const sample = { at: new Date().toISOString(), data: advanced(data, due) };
        response.write(`event: ${name}\ndata: ${JSON.stringify(sample)}\n\n`);
      }
    }, 1);
    response.on('close', () => clearInterval(timer));
  };
  const server = createServer((incoming, response) => {
    if (incoming.url === STREAM) stream(response);
    else passOn(apiUrl, incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function liveSections(apiUrl: string): Promise<[name: string, data: unknown][]> {
  const { success, ...sections } = (await (await fetch(`${apiUrl}/api/live`)).json()) as Record<
    string,
    { data: unknown } | null
  >;
  if (!success) throw new Error('expected the live state of the api, got none');
  return Object.entries(sections).flatMap(([name, sample]) => (sample === null ? [] : [[name, sample.data]]));
}

/** Returns a copy in which `step` is added to every number. */
function advanced(value: unknown, step: number): unknown {
  if (typeof value === 'number') return value + step;
  if (Array.isArray(value)) return value.map((one) => advanced(one, step));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, advanced(one, step)]));
}

function passOn(apiUrl: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', headers, url = '/' } = incoming;
  const outgoing = request(new URL(url, apiUrl), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
