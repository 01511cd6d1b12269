import { createServer } from 'node:net';
import { ServerStartFailed } from '../errors.ts';

const PORT_ATTEMPTS = 5;

/**
 * Returns a TCP port of the loopback interface that was free a moment ago. The caller must retry if binding it fails.
 */
export function freePort(): Promise<number> {
  return bindable(0);
}

const CLUSTER_BUS_OFFSET = 10_000;

/** Returns a free port for a node of a Redis Cluster, whose bus listens 10,000 ports higher. */
export async function freeClusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const isFree = await bindable(port + CLUSTER_BUS_OFFSET).then(
      () => true,
      () => false,
    );
    if (isFree) return port;
  }
}

/**
 * Calls `start` with a free port, and with others if another process takes that port meanwhile. Rejects with the error of
 * `start`.
 */
export async function onFreePort<Started>(
  findPort: () => Promise<number>,
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await findPort());
    } catch (error) {
      const isTaken = error instanceof ServerStartFailed && error.message.includes('Address already in use');
      if (!isTaken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

function bindable(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string')
          reject(new Error('expected the probe socket to listen on a TCP port'));
        else resolve(address.port);
      });
    });
  });
}
