import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { endProcess } from './end-process.ts';
import type { SupervisedResource } from './supervisor.ts';

/**
 * The supervisor's process (see supervisor.ts). Reads lines of `{ watch }` and `{ unwatch }` from stdin and cleans up when
 * stdin ends.
 */
const resources: SupervisedResource[] = [];

// The supervisor ignores signals that a terminal or supervisor sends to the whole group; only the end of the pipe counts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const message: { watch?: SupervisedResource; unwatch?: SupervisedResource } = JSON.parse(line);
  if (message.watch !== undefined) resources.push(message.watch);
  const { unwatch } = message;
  if (unwatch !== undefined) {
    const index = resources.findIndex((resource) => resource.kind === unwatch.kind && resource.id === unwatch.id);
    if (index >= 0) resources.splice(index, 1);
  }
}

for (const resource of resources.reverse()) {
  if (resource.kind === 'process')
    await endProcess(resource.id, { signal: resource.stopSignal, graceMs: resource.graceMs });
  else rmSync(resource.id, { recursive: true, force: true });
}
