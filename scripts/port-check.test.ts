import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { refuseTakenPort } from './port-check.ts';

test('a taken port is named together with the flag that chooses another', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(refuseTakenPort('127.0.0.1', port)).rejects.toThrow(
    new RegExp(`Port ${port} .*taken.*--port ${port + 1}`),
  );
});
