/** The programs that serve as Redis, in the order they are looked for on PATH. */
export const REDIS_BINARIES = ['redis-server', 'valkey-server'] as const;
