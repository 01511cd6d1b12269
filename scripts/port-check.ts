import { createServer } from 'node:net';
import { CommandError } from './run-command.ts';

/** Throws `CommandError` when the port cannot be listened on: better now than after the services have started. */
export async function refuseTakenPort(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken by another process' : `cannot be used (${error.message})`;
      reject(
        new CommandError(`Port ${port} on ${host} ${why}. Choose another one: npm start -- --port ${nextPort(port)}`),
      );
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

function nextPort(port: number): number {
  return port < 65_535 ? port + 1 : port - 1;
}
