import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that take a password for the URLs of other variables. */
const PASSWORDS = {
  DATABASE_PASSWORD: { urls: ['DATABASE_URL'], needsUser: false },
  // Redis has a default user.
  REDIS_PASSWORD: { urls: ['REDIS_CACHE_URL', 'REDIS_QUEUE_URL'], needsUser: false },
  // The client sends no credentials without a user.
  ELASTICSEARCH_PASSWORD: { urls: ['ELASTICSEARCH_URL'], needsUser: true },
} as const satisfies Record<string, { urls: readonly string[]; needsUser: boolean }>;

const SECRET = /TOKENS?$|PASSWORD$|_URL$/;

/** Returns whether the value of a variable is a secret or may contain one, so that no message shows it. */
export function isSecret(name: string): boolean {
  return SECRET.test(name);
}

/**
 * Returns the environment with every `<NAME>_FILE` of the secrets among `names` replaced by `<NAME>`, the content of that file
 * without the line break at its end. An empty variable counts as missing. Throws `ConfigError`, which names every variable whose
 * file cannot be read, and every variable that is given both ways.
 */
export function withSecretFiles(names: readonly string[], env: Environment): Environment {
  const complete = { ...env };
  const wrong: string[] = [];
  for (const name of names.filter(isSecret)) {
    const variable = `${name}_FILE`;
    const path = env[variable];
    if (!path) continue;
    if (env[name]) wrong.push(`${variable}: expected only one of ${name} and ${variable}, got both`);
    else {
      try {
        complete[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        wrong.push(`${variable}: expected a file that this process can read, got "${reason}"`);
      }
      if (complete[name] === '') wrong.push(`${variable}: expected a file with a value, got an empty one: ${path}`);
    }
  }
  if (wrong.length > 0) throw new ConfigError(wrong);
  return complete;
}

/**
 * Returns the environment with each password added to the URLs that it belongs to. Throws `ConfigError`, which names every URL that
 * has a password already, and a URL of Elasticsearch without a user. It leaves a text that is not a URL unchanged, for the check of that variable.
 */
export function withPasswords(env: Environment): Environment {
  const complete = { ...env };
  const wrong: string[] = [];
  for (const [variable, { urls, needsUser }] of Object.entries(PASSWORDS)) {
    const password = env[variable];
    if (!password) continue;
    for (const name of urls) {
      const nodes = (env[name] ?? '').split(',');
      if (needsUser && nodes.some((node) => URL.parse(node)?.username === '')) {
        wrong.push(`${name}: expected a URL with a user, because ${variable} is given, got one without a user`);
      }
      if (nodes.some((node) => URL.parse(node)?.password)) {
        wrong.push(`${name}: expected a URL without a password, because ${variable} is given, got one with a password`);
      }
      complete[name] = nodes.map((node) => withPassword(node, password)).join(',');
    }
  }
  if (wrong.length > 0) throw new ConfigError(wrong);
  return complete;
}

function withPassword(text: string, password: string): string {
  const url = URL.parse(text.trim());
  if (url === null) return text;
  url.password = encodeURIComponent(password);
  return url.href;
}
