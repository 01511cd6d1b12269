import { randomBytes } from 'node:crypto';
import { InvalidArgument } from '@pilotlight/cache-core';
import { parseRedisUrl } from '@pilotlight/cache-core/redis';
import { z } from 'zod';
import { ACCESS_VARIABLES, accessOf, demoWithTokens, openToOthers } from './access-config.ts';
import { parseAllowedHosts } from './allowed-hosts.ts';
import { ConfigError } from './config-error.ts';
import { decimal, flag, wholeNumber } from './config-values.ts';
import { EVENT_STREAM_VARIABLES, eventStreamsOf } from './event-stream-config.ts';
import { FORMATS_VARIABLES, shapesOf } from './formats-config.ts';
import { ORIGIN_VARIABLES, originOf } from './origin-config.ts';
import { isSecret, withPasswords, withSecretFiles } from './secrets.ts';
import { SYSLOG_VARIABLES, syslogOf, syslogOpenToOthers } from './syslog-config.ts';
import { TELEMETRY_VARIABLES, telemetryOf } from './telemetry-config.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const urlOf = (...protocols: string[]) => {
  const error = `expected a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return z.string({ error }).refine((text) => protocols.includes(URL.parse(text)?.protocol ?? ''), { error });
};
const REDIS_URL = 'expected a URL starting with redis:// or rediss://, or several of the same kind separated by commas';
const redisUrl = z.string({ error: REDIS_URL }).refine(isRedisUrl, { error: REDIS_URL });
const ELASTICSEARCH_URL =
  'expected a URL starting with http:// or https://, or several of the same kind separated by commas';
const elasticsearchUrl = z
  .string({ error: ELASTICSEARCH_URL })
  .refine(isElasticsearchUrl, { error: ELASTICSEARCH_URL });
const ALLOWED_HOSTS =
  'expected host names or origins separated by commas, like logs.example.com or https://logs.example.com';
const allowedHosts = z
  .string()
  .transform(parseAllowedHosts)
  .refine((hosts) => hosts !== null, { error: ALLOWED_HOSTS });

/** The environment of every process. The defaults suit one machine; variables without a default are required. */
const environmentSchema = z.object({
  PORT: wholeNumber(0, 65_535).default(5_000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: urlOf('postgres:', 'postgresql:'),
  /** The password of `DATABASE_URL`, if that has none. */
  DATABASE_PASSWORD: z.string().optional(),
  REDIS_CACHE_URL: redisUrl,
  REDIS_QUEUE_URL: redisUrl,
  ELASTICSEARCH_URL: elasticsearchUrl.optional(),
  ELASTICSEARCH_CA: z.string().optional(),
  /** The password of `ELASTICSEARCH_URL`, which then needs a user and no password. */
  ELASTICSEARCH_PASSWORD: z.string().optional(),
  /** The password of both Redis URLs, if they have none. */
  REDIS_PASSWORD: z.string().optional(),
  /** `1` allows, for development, a queue server that may evict or that is also the cache server; answers are then unverified. */
  ALLOW_UNSAFE_REDIS: flag,
  ...ACCESS_VARIABLES,
  /** The accepted names of this service. Without it, loopback names only, or any name if tokens are needed. */
  ALLOWED_HOSTS: allowedHosts.optional(),
  UPLOAD_MAX_BYTES: wholeNumber(1, 2 ** 40).default(104_857_600),
  /** Uploads are refused while the oldest one has waited longer than this for a worker. */
  INGEST_MAX_WAIT_MS: wholeNumber(100, 2 ** 31 - 1).default(120_000),
  /** A file with more records becomes `failed`. Limited by the database, which counts lines in 32 bits. */
  INGEST_MAX_RECORDS: wholeNumber(1, 2 ** 31 - 1).default(10_000_000),
  /** A gzip file that unpacks to more bytes becomes `failed`. */
  INGEST_MAX_UNPACKED_BYTES: wholeNumber(1, 2 ** 40).default(2_147_483_648),
  ...FORMATS_VARIABLES,
  /** A file is deleted once its newest record is older than this number of days. */
  RETENTION_DAYS: wholeNumber(1, 36_500).optional(),
  /** The oldest files are deleted until the stored bytes of the others are at most this number. */
  RETENTION_BYTES: wholeNumber(1, 2 ** 52).optional(),
  /** The uploaded bytes of an indexed file are removed this number of days after the upload; 0 after its ingest. */
  RAW_RETENTION_DAYS: wholeNumber(0, 36_500).default(0),
  /** Uploads are refused while the database has more bytes. */
  DATABASE_MAX_BYTES: wholeNumber(1, 2 ** 52).optional(),
  /** A directory on the disk of the database. Uploads are refused while the disk has fewer free bytes than the next variable. */
  DATABASE_DIRECTORY: z.string().optional(),
  DATABASE_MIN_FREE_BYTES: wholeNumber(0, 2 ** 52).default(268_435_456),
  /** Uploads are refused beyond these numbers of uploaded bytes and of files that exist: of all, and of one token. */
  QUOTA_BYTES: wholeNumber(1, 2 ** 52).optional(),
  QUOTA_FILES: wholeNumber(1, 2 ** 31 - 1).optional(),
  TOKEN_QUOTA_BYTES: wholeNumber(1, 2 ** 52).optional(),
  TOKEN_QUOTA_FILES: wholeNumber(1, 2 ** 31 - 1).optional(),
  /** The size of the memory tier of one api process; 0 disables the tier. */
  CACHE_MEMORY_BYTES: wholeNumber(0, 2 ** 40).default(67_108_864),
  ...ORIGIN_VARIABLES,
  ...EVENT_STREAM_VARIABLES,
  ...SYSLOG_VARIABLES,
  /** The share of the origin's time that warming may use, over all workers; 0.25 is a quarter of one connection. */
  WARMING_SHARE: decimal(0, 100).default(0.25),
  /** `1` makes an api read from itself while a console is open: `npm start` sets it with the sample logs. */
  DEMO_TRAFFIC: flag,
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `expected one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  /** `1` writes readable log lines even if the output is not a terminal. */
  LOG_PRETTY: flag,
  /** The worker writes this file while invalidations are consumed. */
  HEALTH_FILE: z.string().optional(),
  ...TELEMETRY_VARIABLES,
  /** `1` shuts the process down when its standard input, a pipe of the parent process, closes. */
  PARENT_PIPE: flag,
});

/**
 * Parses the whole environment, and reads the secrets that `<NAME>_FILE` names. An empty variable counts as missing. Throws
 * `ConfigError`, which names every bad variable.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const data = parsed(environmentSchema, env);
  const problem = openToOthers(data) ?? demoWithTokens(data) ?? syslogOpenToOthers(data);
  if (problem !== null) throw new ConfigError([problem]);
  return configOf(data);
}

/** The stores of the records and the rules of their retention: the settings of a command that works on them without the caches. */
export interface StoresConfig {
  readonly databaseUrl: string;
  /** Null if the environment names no Elasticsearch. */
  readonly elasticsearch: Config['elasticsearch'];
  readonly retention: Config['retention'];
}

const storesSchema = environmentSchema.pick({
  DATABASE_URL: true,
  DATABASE_PASSWORD: true,
  ELASTICSEARCH_URL: true,
  ELASTICSEARCH_CA: true,
  ELASTICSEARCH_PASSWORD: true,
  RETENTION_DAYS: true,
  RETENTION_BYTES: true,
});

/** Parses the part of the environment that names the stores of the records, as `readConfig` does. Throws `ConfigError`. */
export function readStoresConfig(env: Readonly<Record<string, string | undefined>>): StoresConfig {
  // The passwords of other servers belong to URLs that this part does not have.
  const { REDIS_PASSWORD: _, REDIS_PASSWORD_FILE: __, ...own } = env;
  const data = parsed(storesSchema, own);
  return { databaseUrl: data.DATABASE_URL, elasticsearch: elasticsearchOf(data), retention: retentionOf(data) };
}

function parsed<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Readonly<Record<string, string | undefined>>,
): z.output<z.ZodObject<Shape>> {
  const complete = withPasswords(withSecretFiles(Object.keys(schema.shape), env));
  const present = Object.fromEntries(
    Object.entries(complete).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.map(
      (issue) => `${String(issue.path[0])}: ${issue.message}, got ${shown(String(issue.path[0]), present)}`,
    ),
  );
}

export type Config = Readonly<ReturnType<typeof configOf>>;

function configOf(data: z.output<typeof environmentSchema>) {
  return {
    port: data.PORT,
    host: data.HOST,
    databaseUrl: data.DATABASE_URL,
    redisCacheUrl: data.REDIS_CACHE_URL,
    redisQueueUrl: data.REDIS_QUEUE_URL,
    /** Where the records are kept; null keeps them in the database. */
    elasticsearch: elasticsearchOf(data),
    allowUnsafeRedis: data.ALLOW_UNSAFE_REDIS,
    adminToken: data.ADMIN_TOKEN ?? randomBytes(24).toString('base64url'),
    /** Whether the token was generated, so that the process has to print it. */
    adminTokenIsNew: data.ADMIN_TOKEN === undefined,
    ...accessOf(data),
    allowedHosts: data.ALLOWED_HOSTS ?? null,
    uploadMaxBytes: data.UPLOAD_MAX_BYTES,
    ingestMaxWaitMs: data.INGEST_MAX_WAIT_MS,
    ingestMaxRecords: data.INGEST_MAX_RECORDS,
    ingestMaxUnpackedBytes: data.INGEST_MAX_UNPACKED_BYTES,
    /** Text formats of users, which are tried before the built-in ones. */
    shapes: shapesOf(data),
    /** The rules by which workers delete files. */
    retention: retentionOf(data),
    /** How long uploaded bytes are kept, in ms since the upload. */
    rawRetentionMs: data.RAW_RETENTION_DAYS * 86_400_000,
    /** Uploads are refused beyond these. */
    storageLimits: {
      databaseMaxBytes: data.DATABASE_MAX_BYTES ?? null,
      directory: data.DATABASE_DIRECTORY ?? null,
      minFreeBytes: data.DATABASE_MIN_FREE_BYTES,
    },
    /** An uploader is a token; without API tokens, all clients are one. */
    quotas: {
      total: { bytes: data.QUOTA_BYTES ?? null, files: data.QUOTA_FILES ?? null },
      perUploader: { bytes: data.TOKEN_QUOTA_BYTES ?? null, files: data.TOKEN_QUOTA_FILES ?? null },
    },
    ...originOf(data),
    /** When the open file of a stream is rolled, and how old it may be before its stream refuses lines. */
    streamLimits: {
      rollMs: data.STREAM_ROLL_MS,
      steadyRollMs: data.STREAM_STEADY_ROLL_MS,
      rollBytes: data.STREAM_ROLL_BYTES,
      maxAgeMs: Math.max(data.STREAM_ROLL_MS, data.STREAM_STEADY_ROLL_MS) + data.INGEST_MAX_WAIT_MS,
    },
    cacheMemoryBytes: data.CACHE_MEMORY_BYTES,
    /** The maximum numbers of open streams of server-sent events. */
    eventStreams: eventStreamsOf(data),
    syslog: syslogOf(data),
    warmingShare: data.WARMING_SHARE,
    demoTraffic: data.DEMO_TRAFFIC,
    logLevel: data.LOG_LEVEL,
    logPretty: data.LOG_PRETTY,
    healthFile: data.HEALTH_FILE ?? null,
    ...telemetryOf(data),
    parentPipe: data.PARENT_PIPE,
  };
}

function isElasticsearchUrl(text: string): boolean {
  const protocols = new Set(text.split(',').map((url) => URL.parse(url.trim())?.protocol));
  return protocols.size === 1 && (protocols.has('http:') || protocols.has('https:'));
}

function elasticsearchOf({
  ELASTICSEARCH_URL: url,
  ELASTICSEARCH_CA: caFile,
}: Pick<z.output<typeof environmentSchema>, 'ELASTICSEARCH_URL' | 'ELASTICSEARCH_CA'>) {
  return url === undefined ? null : { url, ...(caFile !== undefined && { caFile }) };
}

function isRedisUrl(text: string): boolean {
  try {
    parseRedisUrl('', text);
    return true;
  } catch (error) {
    if (error instanceof InvalidArgument) return false;
    throw error;
  }
}

/** Returns the actual value for a message, without secrets: only the protocol of a URL, only the length of a token. */
function shown(name: string, env: Readonly<Record<string, string | undefined>>): string {
  const value = env[name];
  if (value === undefined) return 'nothing';
  if (!isSecret(name)) return JSON.stringify(value);
  if (!name.endsWith('_URL')) return `${value.length} characters`;
  const protocol = URL.parse(value)?.protocol;
  return protocol ? `one starting with "${protocol}"` : `${value.length} characters that are not a URL`;
}

function retentionOf({
  RETENTION_DAYS,
  RETENTION_BYTES,
}: Pick<z.output<typeof environmentSchema>, 'RETENTION_DAYS' | 'RETENTION_BYTES'>) {
  return { days: RETENTION_DAYS ?? null, bytes: RETENTION_BYTES ?? null };
}
