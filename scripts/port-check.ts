import { createServer } from 'node:net';
import { CommandError } from './run-command.ts';

/** Throws `CommandError` if the port cannot be bound, so that the user learns it before the services start. */
export async function refuseTakenPort(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      reject(new CommandError(messageFor(error, host, port)));
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

function messageFor({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    const why = code === 'EADDRINUSE' ? 'is taken by another process' : 'may not be used by this user';
    return `Port ${port} on ${host} ${why}. Choose another one: npm start -- --port ${nextPort(port)}`;
  }
  return `HOST: expected an address of this machine, such as 127.0.0.1, or a name that resolves to one, got "${host}" (${message}).`;
}

function nextPort(port: number): number {
  if (port < 1_024) return 5_000;
  return port < 65_535 ? port + 1 : port - 1;
}
