import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

const GIVEN = {
  DATABASE_URL: 'postgres://user:secret@db/pilotlight',
  REDIS_CACHE_URL: 'redis://:secret@cache',
  REDIS_QUEUE_URL: 'rediss://:secret@queue',
};
const linesOf = (env: Record<string, string | undefined>): string[] => {
  try {
    readConfig({ ...GIVEN, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
};

test('missing variables have the defaults for one machine', () => {
  const { adminToken, ...config } = readConfig(GIVEN);
  expect(config).toEqual({
    port: 5_000,
    host: '127.0.0.1',
    databaseUrl: GIVEN.DATABASE_URL,
    redisCacheUrl: GIVEN.REDIS_CACHE_URL,
    redisQueueUrl: GIVEN.REDIS_QUEUE_URL,
    elasticsearch: null,
    allowUnsafeRedis: false,
    adminTokenIsNew: true,
    apiTokens: null,
    tokensFile: null,
    trustedProxies: null,
    rateLimits: { token: null, address: null },
    tokenUploadsAtATime: null,
    audit: { keptMs: 90 * 86_400_000, maxRecords: 100_000 },
    allowedHosts: null,
    uploadMaxBytes: 104_857_600,
    ingestMaxWaitMs: 120_000,
    ingestMaxRecords: 10_000_000,
    shapes: [],
    ingestMaxUnpackedBytes: 2_147_483_648,
    retention: { days: null, bytes: null },
    rawRetentionMs: 0,
    storageLimits: { databaseMaxBytes: null, directory: null, minFreeBytes: 268_435_456 },
    quotas: { total: { bytes: null, files: null }, perUploader: { bytes: null, files: null } },
    cacheMemoryBytes: 67_108_864,
    originLimits: { poolSize: 8, workPoolSize: 6, readTimeoutMs: 30_000, uploadsAtATime: 32 },
    searchTimeoutMs: 2_000,
    readMaxWaitMs: 50,
    streamLimits: { rollMs: 2_000, steadyRollMs: 10_000, rollBytes: 8_388_608, maxAgeMs: 130_000 },
    eventStreams: { perProcess: 256, perClient: 32 },
    syslog: null,
    warmingShare: 0.25,
    demoTraffic: false,
    logLevel: 'info',
    logPretty: false,
    healthFile: null,
    metricsPort: null,
    tracing: null,
    parentPipe: false,
  });
  expect(adminToken).toMatch(/^[\w-]{32}$/);
  expect(readConfig(GIVEN).adminToken).not.toBe(adminToken);
});

test('given variables are used, and unknown ones are ignored', () => {
  const config = readConfig({
    ...GIVEN,
    PORT: '0',
    HOST: '0.0.0.0',
    ADMIN_TOKEN: 'sixteen-characters',
    API_TOKENS: 'token-number-one-x, token-number-two-x',
    ALLOWED_HOSTS: 'https://logs.example.com',
    UPLOAD_MAX_BYTES: '1',
    INGEST_MAX_WAIT_MS: '60000',
    INGEST_MAX_RECORDS: '5',
    INGEST_MAX_UNPACKED_BYTES: '6',
    RETENTION_DAYS: '30',
    RETENTION_BYTES: '1000000',
    RAW_RETENTION_DAYS: '2',
    QUOTA_BYTES: '9',
    QUOTA_FILES: '10',
    TOKEN_QUOTA_BYTES: '11',
    TOKEN_QUOTA_FILES: '12',
    DATABASE_MAX_BYTES: '7',
    DATABASE_DIRECTORY: '/var/lib/postgresql',
    DATABASE_MIN_FREE_BYTES: '8',
    DATABASE_READ_CONNECTIONS: '3',
    DATABASE_WORK_CONNECTIONS: '4',
    DATABASE_READ_TIMEOUT_MS: '5000',
    SEARCH_TIMEOUT_MS: '3000',
    UPLOADS_AT_A_TIME: '2',
    READ_MAX_WAIT_MS: '3',
    STREAM_ROLL_BYTES: '33554432',
    CACHE_MEMORY_BYTES: '0',
    WARMING_SHARE: '1.5',
    LOG_LEVEL: 'debug',
    LOG_PRETTY: '1',
    HEALTH_FILE: '/tmp/healthy',
    PARENT_PIPE: '1',
    PATH: '/bin',
    npm_config_port: 'x',
  });
  expect(config).toMatchObject({
    port: 0,
    host: '0.0.0.0',
    adminToken: 'sixteen-characters',
    adminTokenIsNew: false,
    apiTokens: ['token-number-one-x', 'token-number-two-x'],
    allowedHosts: { names: new Set(['logs.example.com']), origins: new Set(['https://logs.example.com']) },
    uploadMaxBytes: 1,
    ingestMaxWaitMs: 60_000,
    ingestMaxRecords: 5,
    ingestMaxUnpackedBytes: 6,
    retention: { days: 30, bytes: 1_000_000 },
    rawRetentionMs: 172_800_000,
    storageLimits: { databaseMaxBytes: 7, directory: '/var/lib/postgresql', minFreeBytes: 8 },
    quotas: { total: { bytes: 9, files: 10 }, perUploader: { bytes: 11, files: 12 } },
    cacheMemoryBytes: 0,
    originLimits: { poolSize: 3, workPoolSize: 4, readTimeoutMs: 5_000, uploadsAtATime: 2 },
    searchTimeoutMs: 3_000,
    readMaxWaitMs: 3,
    streamLimits: { rollBytes: 33_554_432 },
    warmingShare: 1.5,
    logLevel: 'debug',
    logPretty: true,
    healthFile: '/tmp/healthy',
    parentPipe: true,
  });
});

describe('an invalid variable is named with the expected and the actual value', () => {
  const rows: [Record<string, string | undefined>, string][] = [
    [{ PORT: 'many' }, 'PORT: expected a whole number from 0 to 65535, got "many"'],
    [{ PORT: '65536' }, 'PORT: expected a whole number from 0 to 65535, got "65536"'],
    [{ PORT: '-1' }, 'PORT: expected a whole number from 0 to 65535, got "-1"'],
    [{ PORT: '80.5' }, 'PORT: expected a whole number from 0 to 65535, got "80.5"'],
    [{ UPLOAD_MAX_BYTES: '0' }, 'UPLOAD_MAX_BYTES: expected a whole number from 1 to 1099511627776, got "0"'],
    [{ UPLOAD_MAX_BYTES: '100MB' }, 'UPLOAD_MAX_BYTES: expected a whole number from 1 to 1099511627776, got "100MB"'],
    [{ STREAM_ROLL_MS: '1999' }, 'STREAM_ROLL_MS: expected a whole number from 2000 to 3600000, got "1999"'],
    [
      { STREAM_ROLL_BYTES: '33554433' },
      'STREAM_ROLL_BYTES: expected a whole number from 1048576 to 33554432, got "33554433"',
    ],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: expected one of fatal, error, warn, info, debug, trace, silent, got "loud"'],
    [{ LOG_PRETTY: 'yes' }, 'LOG_PRETTY: expected 0 or 1, got "yes"'],
    [{ PARENT_PIPE: 'yes' }, 'PARENT_PIPE: expected 0 or 1, got "yes"'],
    [
      { DATABASE_URL: undefined },
      'DATABASE_URL: expected a URL starting with postgres:// or postgresql://, got nothing',
    ],
    [{ DATABASE_URL: '' }, 'DATABASE_URL: expected a URL starting with postgres:// or postgresql://, got nothing'],
    [
      { DATABASE_URL: 'mysql://user:secret@db' },
      'DATABASE_URL: expected a URL starting with postgres:// or postgresql://, got one starting with "mysql:"',
    ],
    [
      { REDIS_CACHE_URL: undefined },
      'REDIS_CACHE_URL: expected a URL starting with redis:// or rediss://, or several of the same kind separated by commas, got nothing',
    ],
    [
      { REDIS_QUEUE_URL: 'http://:secret@queue' },
      'REDIS_QUEUE_URL: expected a URL starting with redis:// or rediss://, or several of the same kind separated by commas, got one starting with "http:"',
    ],
    [
      { REDIS_QUEUE_URL: 'my-secret-host' },
      'REDIS_QUEUE_URL: expected a URL starting with redis:// or rediss://, or several of the same kind separated by commas, got 14 characters that are not a URL',
    ],
    [
      { REDIS_CACHE_URL: 'redis://:secret@a:6379,rediss://:secret@b:6379' },
      'REDIS_CACHE_URL: expected a URL starting with redis:// or rediss://, or several of the same kind separated by commas, got 46 characters that are not a URL',
    ],
    [{ ADMIN_TOKEN: 'short' }, 'ADMIN_TOKEN: expected at least 16 characters, got 5 characters'],
    [
      { API_TOKENS: 'long-enough-to-be-one,short' },
      'API_TOKENS: expected tokens of at least 16 characters, separated by commas, got 27 characters',
    ],
    [
      { ALLOWED_HOSTS: 'https://a/b' },
      'ALLOWED_HOSTS: expected host names or origins separated by commas, like logs.example.com or https://logs.example.com, got "https://a/b"',
    ],
    [
      { TRUSTED_PROXIES: '10.0.0.0/8, proxy.example' },
      'TRUSTED_PROXIES: expected addresses or networks separated by commas, like 10.0.0.7 or 10.0.0.0/8, got "10.0.0.0/8, proxy.example"',
    ],
    [
      { RATE_LIMIT_TOKEN_PER_MINUTE: '0' },
      'RATE_LIMIT_TOKEN_PER_MINUTE: expected a whole number from 1 to 1000000000, got "0"',
    ],
    [
      { HOST: '0.0.0.0' },
      'API_TOKENS: expected tokens, because HOST (0.0.0.0) is reachable from other machines, got nothing; set API_TOKENS or TOKENS_FILE, or HOST=127.0.0.1',
    ],
  ];
  test.for(rows)('%o', ([env, line]) => {
    expect(linesOf(env)).toEqual([`  ${line}`]);
  });
});

test('demo traffic is off by default, and refused by an api with tokens', () => {
  expect(readConfig(GIVEN).demoTraffic).toBe(false);
  expect(readConfig({ ...GIVEN, DEMO_TRAFFIC: '1' }).demoTraffic).toBe(true);
  const line = '  DEMO_TRAFFIC: expected 0, because API_TOKENS or TOKENS_FILE is set, got "1"';
  expect(linesOf({ DEMO_TRAFFIC: '1', API_TOKENS: 'token-number-one-x' })).toEqual([line]);
  expect(linesOf({ DEMO_TRAFFIC: '1', TOKENS_FILE: '/etc/pilotlight/tokens' })).toEqual([line]);
});

test('several nodes, separated by commas, are a Redis Cluster', () => {
  const nodes = 'redis://:secret@a:6379,redis://:secret@b:6379';
  expect(readConfig({ ...GIVEN, REDIS_CACHE_URL: nodes, REDIS_QUEUE_URL: nodes })).toMatchObject({
    redisCacheUrl: nodes,
    redisQueueUrl: nodes,
  });
});

test('all invalid variables are named at once', () => {
  expect(linesOf({ PORT: 'x', LOG_LEVEL: 'x', DATABASE_URL: 'x' })).toHaveLength(3);
});

test('no secret is shown', () => {
  const lines = linesOf({
    DATABASE_URL: 'mysql://user:secret@db',
    REDIS_CACHE_URL: 'secret',
    ADMIN_TOKEN: 'secret',
    API_TOKENS: 'secret',
  });
  expect(lines).toHaveLength(4);
  expect(lines.join()).not.toContain('secret');
});

test.for(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('%s needs no API tokens', (HOST) => {
  expect(linesOf({ HOST })).toEqual([]);
});

test('tokens in a file are tokens: any host is allowed', () => {
  expect(linesOf({ HOST: '0.0.0.0', TOKENS_FILE: '/etc/pilotlight/tokens' })).toEqual([]);
});

test.for(['0.0.0.0', '::', '192.168.1.7', 'api.example', '127.0.0.1.example'])('%s needs API tokens', (HOST) => {
  expect(linesOf({ HOST })).toHaveLength(1);
});

test('ELASTICSEARCH_URL names one or several nodes, and its credentials are never shown', () => {
  const nodes = 'https://user:secret@one:9200, https://two:9200';
  expect(readConfig({ ...GIVEN, ELASTICSEARCH_URL: nodes, ELASTICSEARCH_CA: '/etc/ca.pem' }).elasticsearch).toEqual({
    url: nodes,
    caFile: '/etc/ca.pem',
  });
  for (const wrong of ['redis://:secret@one', 'http://secret@one,https://secret@two']) {
    const [line = ''] = linesOf({ ELASTICSEARCH_URL: wrong });
    expect(line).toMatch(/ELASTICSEARCH_URL: expected a URL starting with http:\/\/ or https:\/\//);
    expect(line).not.toContain('secret');
  }
});

test('a syslog listener beyond the loopback interface needs SYSLOG_OPEN', () => {
  const given = { ...GIVEN, SYSLOG_PORT: '5514', SYSLOG_HOST: '0.0.0.0' };
  expect(() => readConfig(given)).toThrow(/SYSLOG_HOST: expected a loopback address, .* got 0\.0\.0\.0/);
  expect(readConfig({ ...given, SYSLOG_OPEN: '1' }).syslog).toEqual({ host: '0.0.0.0', port: 5_514 });
  expect(readConfig({ ...GIVEN, SYSLOG_PORT: '5514' }).syslog).toEqual({ host: '127.0.0.1', port: 5_514 });
});
