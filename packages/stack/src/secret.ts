import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Returns the secret stored in a file that only its owner can read. Creates the file if it is missing. */
export function keptSecret(file: string): string {
  if (existsSync(file)) {
    const kept = readFileSync(file, 'utf8').trim();
    if (kept !== '') return kept;
  }
  const made = newSecret();
  writeFileSync(file, `${made}\n`, { mode: 0o600 });
  return made;
}

/** Returns 24 random bytes in an encoding that is safe in URLs and configuration files. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}
