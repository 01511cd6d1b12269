import { z } from 'zod';
import { hostOf, isLoopback } from './allowed-hosts.ts';

const apiTokens = z
  .string()
  .transform((text) => text.split(',').map((token) => token.trim()))
  .refine((list) => list.every((token) => token.length >= 16), {
    error: 'expected tokens of at least 16 characters, separated by commas',
  });

/** The variables that decide who may do what. */
export const ACCESS_VARIABLES = {
  ADMIN_TOKEN: z.string().min(16, 'expected at least 16 characters').optional(),
  /** Without it and `TOKENS_FILE`, reads and uploads need no token. */
  API_TOKENS: apiTokens.optional(),
  /** A file with the digests of tokens, their names, roles, expiries and rates. It is read again when it changes. */
  TOKENS_FILE: z.string().optional(),
} as const;

type AccessData = z.output<z.ZodObject<typeof ACCESS_VARIABLES>>;

export function accessOf(data: AccessData) {
  return {
    apiTokens: data.API_TOKENS ?? null,
    /** Path of the file with hashed tokens. */
    tokensFile: data.TOKENS_FILE ?? null,
  };
}

/** Returns whether reads and uploads need no token. */
export function isOpen(config: { readonly apiTokens: readonly string[] | null; readonly tokensFile: string | null }) {
  return config.apiTokens === null && config.tokensFile === null;
}

/** Returns why the environment would serve everyone, as a line for `ConfigError`; null if it does not. */
export function openToOthers(data: Pick<AccessData, 'API_TOKENS' | 'TOKENS_FILE'> & { HOST: string }): string | null {
  if (data.API_TOKENS || data.TOKENS_FILE || isLoopbackAddress(data.HOST)) return null;
  return `API_TOKENS: expected tokens, because HOST (${data.HOST}) is reachable from other machines, got nothing; set API_TOKENS or TOKENS_FILE, or HOST=127.0.0.1`;
}

function isLoopbackAddress(host: string): boolean {
  return host === '::1' || isLoopback(hostOf(host)?.name ?? '');
}
