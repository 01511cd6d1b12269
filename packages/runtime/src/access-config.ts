import { z } from 'zod';
import { hostOf, isLoopback } from './allowed-hosts.ts';
import { wholeNumber } from './config-values.ts';
import { parseTrustedProxies } from './trusted-proxies.ts';

const apiTokens = z
  .string()
  .transform((text) => text.split(',').map((token) => token.trim()))
  .refine((list) => list.every((token) => token.length >= 16), {
    error: 'expected tokens of at least 16 characters, separated by commas',
  });

const TRUSTED_PROXIES = 'expected addresses or networks separated by commas, like 10.0.0.7 or 10.0.0.0/8';
const trustedProxies = z
  .string()
  .transform(parseTrustedProxies)
  .refine((list) => list !== null, { error: TRUSTED_PROXIES });

const perMinute = wholeNumber(1, 1_000_000_000).optional();

/** The variables that decide who may do what, and how often. */
export const ACCESS_VARIABLES = {
  ADMIN_TOKEN: z.string().min(16, 'expected at least 16 characters').optional(),
  /** Without it and `TOKENS_FILE`, reads and uploads need no token. */
  API_TOKENS: apiTokens.optional(),
  /** A file with the digests of tokens, their names, roles, expiries and rates. It is read again when it changes. */
  TOKENS_FILE: z.string().optional(),
  /** The proxies whose `X-Forwarded-For` is believed. */
  TRUSTED_PROXIES: trustedProxies.optional(),
  /** Requests per minute of one token name, and of one client address; beyond, requests get 429. */
  RATE_LIMIT_TOKEN_PER_MINUTE: perMinute,
  RATE_LIMIT_ADDRESS_PER_MINUTE: perMinute,
  /** Concurrent uploads of one token per api process; beyond, uploads get 429. */
  TOKEN_UPLOADS_AT_A_TIME: wholeNumber(1, 1_000).optional(),
  /** The audit log keeps records for this number of days, and at most this number of records. */
  AUDIT_DAYS: wholeNumber(1, 36_500).default(90),
  AUDIT_MAX_RECORDS: wholeNumber(1, 2 ** 31 - 1).default(100_000),
} as const;

type AccessData = z.output<z.ZodObject<typeof ACCESS_VARIABLES>>;

export function accessOf(data: AccessData) {
  return {
    apiTokens: data.API_TOKENS ?? null,
    /** Path of the file with hashed tokens. */
    tokensFile: data.TOKENS_FILE ?? null,
    trustedProxies: data.TRUSTED_PROXIES ?? null,
    /** Requests per minute; null does not limit. */
    rateLimits: {
      token: data.RATE_LIMIT_TOKEN_PER_MINUTE ?? null,
      address: data.RATE_LIMIT_ADDRESS_PER_MINUTE ?? null,
    },
    tokenUploadsAtATime: data.TOKEN_UPLOADS_AT_A_TIME ?? null,
    /** The bounds of the audit log. */
    audit: { keptMs: data.AUDIT_DAYS * 86_400_000, maxRecords: data.AUDIT_MAX_RECORDS },
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

/** Returns why demo traffic may not be on, as a line for `ConfigError`; null if it may: a service that has tokens has readers of its own. */
export function demoWithTokens(
  data: Pick<AccessData, 'API_TOKENS' | 'TOKENS_FILE'> & { DEMO_TRAFFIC: boolean },
): string | null {
  if (!data.DEMO_TRAFFIC || !(data.API_TOKENS || data.TOKENS_FILE)) return null;
  return 'DEMO_TRAFFIC: expected 0, because API_TOKENS or TOKENS_FILE is set, got "1"';
}

/** Returns whether a server on this address is out of reach of other machines. */
export function isLoopbackAddress(host: string): boolean {
  return host === '::1' || isLoopback(hostOf(host)?.name ?? '');
}
