import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isOpen } from '../access-config.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { parseTokens } from '../tokens/parse-tokens.ts';
import { digestOf } from '../tokens/token.ts';

type AccessConfig = Pick<Config, 'apiTokens' | 'adminToken' | 'tokensFile'>;

/**
 * Returns whether an `Authorization` header allows to read metrics: with any token of the api that has not expired. Without tokens,
 * every request may. `TOKENS_FILE` is read at each request, because scrapes are rare; if it cannot be read, its tokens are refused.
 */
export function metricsAccess(
  config: AccessConfig,
  logger: Logger,
): (authorization: string | undefined) => Promise<boolean> {
  const { apiTokens, adminToken, tokensFile } = config;
  if (isOpen(config)) return () => Promise.resolve(true);
  const ofEnvironment = [...(apiTokens ?? []), adminToken].map(digestOf);
  return async (authorization = '') => {
    const text = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (text === undefined) return false;
    const candidate = digestOf(text);
    const digests = [...ofEnvironment, ...(await digestsOfFile(tokensFile, logger))];
    // `filter` compares every token, so the time does not show which one matched.
    return digests.filter((digest) => timingSafeEqual(digest, candidate)).length > 0;
  };
}

async function digestsOfFile(path: string | null, logger: Logger): Promise<Buffer[]> {
  if (path === null) return [];
  try {
    const tokens = parseTokens(await readFile(path, 'utf8'));
    return tokens.filter(({ expiresAt }) => expiresAt === null || expiresAt > Date.now()).map(({ digest }) => digest);
  } catch (error) {
    logger.error({ err: error }, `TOKENS_FILE: ${path} cannot be read: its tokens cannot read the metrics`);
    return [];
  }
}
