import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { endProcess } from './end-process.ts';
import type { Charge } from './guardian.ts';

/**
 * The guardian's process (see guardian.ts). Reads lines of `{ watch }` and `{ unwatch }` from stdin and cleans up when
 * stdin ends.
 */
const charges: Charge[] = [];

// The guardian ignores signals that a terminal or supervisor sends to the whole group; only the end of the pipe counts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const message: { watch?: Charge; unwatch?: Charge } = JSON.parse(line);
  if (message.watch !== undefined) charges.push(message.watch);
  const { unwatch } = message;
  if (unwatch !== undefined) {
    const index = charges.findIndex((charge) => charge.kind === unwatch.kind && charge.id === unwatch.id);
    if (index >= 0) charges.splice(index, 1);
  }
}

for (const charge of charges.reverse()) {
  if (charge.kind === 'process') await endProcess(charge.id, { signal: charge.stopSignal, graceMs: charge.graceMs });
  else rmSync(charge.id, { recursive: true, force: true });
}
