import type { z } from 'zod';
import { wholeNumber } from './config-values.ts';

/** The variables that bound what one process asks of the database and of Elasticsearch. */
export const ORIGIN_VARIABLES = {
  DATABASE_READ_CONNECTIONS: wholeNumber(1, 1_000).default(8),
  DATABASE_WORK_CONNECTIONS: wholeNumber(4, 1_000).default(6),
  DATABASE_READ_TIMEOUT_MS: wholeNumber(100, 2 ** 31 - 1).default(30_000),
  /** The maximum duration of one search of a client; a load has at most 30 s. */
  SEARCH_TIMEOUT_MS: wholeNumber(100, 30_000).default(2_000),
  /** The minimum age of the open file of a stream; and that of a stream that has rolled files for minutes. */
  STREAM_ROLL_MS: wholeNumber(2_000, 3_600_000).default(2_000),
  STREAM_STEADY_ROLL_MS: wholeNumber(2_000, 3_600_000).default(10_000),
  /** The size at which an open file is rolled before its age; at most half of the size that refuses lines. */
  STREAM_ROLL_BYTES: wholeNumber(1024 ** 2, 32 * 1024 ** 2).default(8 * 1024 ** 2),
  UPLOADS_AT_A_TIME: wholeNumber(1, 1_000).default(32),
  /** A read that would wait for longer than this for its load to begin is refused. A user does not notice the default. */
  READ_MAX_WAIT_MS: wholeNumber(0, 600_000).default(50),
} as const;

export function originOf(data: z.output<z.ZodObject<typeof ORIGIN_VARIABLES>>) {
  return {
    /** Limits of one process at the database. */
    originLimits: {
      poolSize: data.DATABASE_READ_CONNECTIONS,
      /** Connections for jobs, the outbox and deletes. */
      workPoolSize: data.DATABASE_WORK_CONNECTIONS,
      /** The maximum duration of a read's statement, in ms. */
      readTimeoutMs: data.DATABASE_READ_TIMEOUT_MS,
      uploadsAtATime: data.UPLOADS_AT_A_TIME,
    },
    searchTimeoutMs: data.SEARCH_TIMEOUT_MS,
    /** The maximum expected wait of a load, in ms. */
    readMaxWaitMs: data.READ_MAX_WAIT_MS,
  };
}
