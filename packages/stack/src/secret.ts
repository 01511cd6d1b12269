import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The secret kept in a file that only its owner may read; made there when there is none. */
export function keptSecret(file: string): string {
  if (existsSync(file)) {
    const kept = readFileSync(file, 'utf8').trim();
    if (kept !== '') return kept;
  }
  const made = newSecret();
  writeFileSync(file, `${made}\n`, { mode: 0o600 });
  return made;
}

/** 24 random bytes, safe in a URL and in a configuration file. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}
