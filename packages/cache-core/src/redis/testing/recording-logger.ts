import type { CacheLogger } from '../../model/logger.ts';

/** Returns a logger that records its lines, each after its level. */
export function recordingLogger(): { logger: CacheLogger; lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    logger: {
      debug: (message) => lines.push(`debug ${message}`),
      info: (message) => lines.push(`info ${message}`),
      warn: (message) => lines.push(`warn ${message}`),
      error: (fields, message) => lines.push(`error ${message}: ${'err' in fields ? String(fields.err) : ''}`),
    },
  };
}
