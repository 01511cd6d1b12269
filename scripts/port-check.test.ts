import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { refuseTakenPort } from './port-check.ts';

test('a taken port is named together with the flag that changes it', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(refuseTakenPort('127.0.0.1', port)).rejects.toThrow(
    new RegExp(`Port ${port} .*taken.*--port ${port + 1}`),
  );
});

test.for(['no-such-host.invalid', '192.0.2.1'])(
  'given HOST=%s, the error names HOST and no other port',
  async (host) => {
    const refused = refuseTakenPort(host, 5_000);
    await expect(refused).rejects.toThrow(`HOST: expected an address of this machine`);
    await expect(refused).rejects.not.toThrow('--port');
  },
);
