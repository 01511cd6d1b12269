import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

/**
 * Returns the seed of the random tests of a run: `SEED`; in CI the beginning of the commit, so that each run of a commit draws the
 * same cases; otherwise, and outside a git repository, a new one.
 *
 * @throws Error if `SEED` is not a whole number
 */
export function seedOfRun({ SEED: given = '', CI: ci }: NodeJS.ProcessEnv, folder: string): number {
  if (given !== '') {
    const seed = Number(given);
    if (!Number.isSafeInteger(seed)) throw new Error(`SEED: expected a whole number, got "${given}"`);
    return seed;
  }
  return (ci === 'true' ? seedOfCommit(folder) : null) ?? randomInt(1, 2 ** 31);
}

function seedOfCommit(folder: string): number | null {
  const { stdout, status } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8' });
  return status === 0 ? Number.parseInt(stdout.slice(0, 7), 16) : null;
}
