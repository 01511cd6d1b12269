import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** One address for several servers. A switch applies to new connections; open ones stay with their server. */
export interface StableAddress {
  readonly url: string;
  switchTo(port: number): void;
  close(): Promise<void>;
}

/** @param url the server to which the address leads at first */
export async function stableAddress(url: string): Promise<StableAddress> {
  let target = Number(new URL(url).port);
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(target, '127.0.0.1');
    from.pipe(to).pipe(from);
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`expected a TCP address, got ${address}`);
  const own = new URL(url);
  own.port = String(address.port);
  return {
    url: own.href,
    switchTo: (port) => {
      target = port;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
