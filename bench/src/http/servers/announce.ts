import type { Server } from 'node:http';

/** Listens on a free port, prints the URL, and ends with the process that started this one. */
export function announce(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address) console.log(`listening on http://127.0.0.1:${address.port}`);
  });
  process.stdin.once('end', () => process.exit()).resume();
}
