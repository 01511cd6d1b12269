import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeDirectories } from './make-directories.ts';
import type { Guardian } from './process/guardian.ts';

/** Where a service keeps its data. */
export interface Directory {
  path: string;
  /** Removes a throw-away one; leaves a kept one alone. */
  dispose(): void;
}

/** A kept directory at `dataDir`, or, without one, a throw-away one in the guardian's care. */
export function openDirectory(dataDir: string | undefined, guardian: Guardian): Directory {
  if (dataDir !== undefined) {
    const path = resolve(dataDir);
    makeDirectories(path, 0o700);
    return { path, dispose: () => undefined };
  }
  const path = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  guardian.watch({ kind: 'directory', id: path });
  return {
    path,
    dispose: () => {
      rmSync(path, { recursive: true, force: true });
      guardian.unwatch({ kind: 'directory', id: path });
    },
  };
}
