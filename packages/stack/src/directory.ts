import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeDirectories } from './make-directories.ts';
import type { Supervisor } from './process/supervisor.ts';

/** The data directory of a service. */
export interface Directory {
  path: string;
  /** Removes a throw-away directory; does nothing to a persistent one. */
  dispose(): void;
}

/**
 * Opens a persistent directory at `dataDir`. Without `dataDir`, creates a throw-away one that the supervisor removes if
 * the launcher is killed.
 */
export function openDirectory(dataDir: string | undefined, supervisor: Supervisor): Directory {
  if (dataDir !== undefined) {
    const path = resolve(dataDir);
    makeDirectories(path, 0o700);
    return { path, dispose: () => undefined };
  }
  const path = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  supervisor.watch({ kind: 'directory', id: path });
  return {
    path,
    dispose: () => {
      rmSync(path, { recursive: true, force: true });
      supervisor.unwatch({ kind: 'directory', id: path });
    },
  };
}
