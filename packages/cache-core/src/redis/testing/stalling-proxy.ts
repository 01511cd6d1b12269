import { connect, createServer, type Socket } from 'node:net';

/** A way to a server of this machine on which, while it is stalled, nothing moves and nothing is refused. */
export interface StallingProxy {
  readonly url: string;
  stall(): void;
  /** From now on the server's bytes come in parts of at most 64 kB, with a pause after each. */
  pace(pauseMs: number): void;
  goOn(): void;
  close(): void;
}

export async function stallingProxy(url: string): Promise<StallingProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let isStalled = false;
  let pauseMs = 0;
  const proxy = createServer({ pauseOnConnect: true }, (client) => {
    const server = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        to.write(bytes);
        if (pauseMs === 0 || from !== server) return;
        from.pause();
        setTimeout(() => from.resume(), pauseMs);
      });
      from.on('error', () => undefined); // its 'close' ends the other
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (isStalled) from.pause();
      else from.resume();
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: url.replace(`:${target.port}`, `:${port}`),
    stall: () => {
      isStalled = true;
      for (const socket of sockets) socket.pause();
    },
    pace: (ms) => {
      pauseMs = ms;
    },
    goOn: () => {
      isStalled = false;
      for (const socket of sockets) socket.resume();
    },
    close: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
