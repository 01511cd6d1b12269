import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

const URLS = {
  DATABASE_URL: 'postgres://user@db:5432/pilotlight',
  REDIS_CACHE_URL: 'redis://cache:6379',
  REDIS_QUEUE_URL: 'redis://queue:6379',
};

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(content: string): string {
  const path = join(directory, crypto.randomUUID());
  writeFileSync(path, content);
  return path;
}

function messageFor(env: Record<string, string>): string {
  try {
    readConfig({ ...URLS, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

test('every secret can be given as a file', () => {
  const config = readConfig({
    DATABASE_URL_FILE: fileOf('postgres://user:in-file@db/pilotlight\n'),
    REDIS_CACHE_URL_FILE: fileOf('redis://:in-file@cache\r\n'),
    REDIS_QUEUE_URL_FILE: fileOf('redis://:in-file@queue'),
    ADMIN_TOKEN_FILE: fileOf('admin-token-in-a-file\n'),
    API_TOKENS_FILE: fileOf('api-token-in-a-file,another-api-token\n'),
  });
  expect(config).toMatchObject({
    databaseUrl: 'postgres://user:in-file@db/pilotlight',
    redisCacheUrl: 'redis://:in-file@cache',
    redisQueueUrl: 'redis://:in-file@queue',
    adminToken: 'admin-token-in-a-file',
    adminTokenIsNew: false,
    apiTokens: ['api-token-in-a-file', 'another-api-token'],
  });
});

describe('a password given alone is added to the URLs of its servers', () => {
  test.for(['plain', 'with space', 'a%2Fb', '@:/?#[]%', 'é'])('%s', (password) => {
    const { databaseUrl, redisCacheUrl, redisQueueUrl, elasticsearch } = readConfig({
      ...URLS,
      ELASTICSEARCH_URL: 'http://elastic@search:9200',
      ELASTICSEARCH_PASSWORD_FILE: fileOf(password),
      DATABASE_PASSWORD: password,
      REDIS_PASSWORD_FILE: fileOf(`${password}\n`),
    });
    for (const url of [databaseUrl, redisCacheUrl, redisQueueUrl, elasticsearch?.url ?? ''])
      expect(decodeURIComponent(new URL(url).password)).toBe(password);
    expect(new URL(databaseUrl).username).toBe('user');
    expect(new URL(elasticsearch?.url ?? '').username).toBe('elastic');
  });
});

test('a password is added to every node of a cluster', () => {
  const { redisCacheUrl } = readConfig({
    ...URLS,
    REDIS_CACHE_URL: 'redis://a:6379,redis://b:6379',
    REDIS_PASSWORD: 'secret',
  });
  expect(redisCacheUrl).toBe('redis://:secret@a:6379,redis://:secret@b:6379');
});

test('without an Elasticsearch URL, its password has no effect', () => {
  for (const url of [{}, { ELASTICSEARCH_URL: '' }])
    expect(readConfig({ ...URLS, ...url, ELASTICSEARCH_PASSWORD: 'secret' }).elasticsearch).toBeNull();
});

test('an Elasticsearch URL without a user is refused if its password is given', () => {
  const message = messageFor({ ELASTICSEARCH_URL: 'http://search:9200', ELASTICSEARCH_PASSWORD: 'secret' });
  expect(message).toContain('ELASTICSEARCH_URL: expected a URL with a user, because ELASTICSEARCH_PASSWORD is given');
  expect(message).not.toContain('secret');
});

test('a variable given both as a value and as a file is refused', () => {
  const message = messageFor({ ADMIN_TOKEN: 'a-token-as-a-value', ADMIN_TOKEN_FILE: fileOf('a-token-in-a-file') });
  expect(message).toContain('ADMIN_TOKEN_FILE: expected only one of ADMIN_TOKEN and ADMIN_TOKEN_FILE, got both');
});

test('a file that cannot be read is named with the reason', () => {
  expect(messageFor({ API_TOKENS_FILE: join(directory, 'missing') })).toMatch(
    /API_TOKENS_FILE: expected a file that this process can read, got "ENOENT.*missing'"/,
  );
});

test('an empty file is refused and does not count as a missing variable', () => {
  const path = fileOf('\n');
  expect(messageFor({ API_TOKENS_FILE: path })).toContain(
    `API_TOKENS_FILE: expected a file with a value, got an empty one: ${path}`,
  );
});

test('a password is refused for a URL that has one', () => {
  const message = messageFor({ DATABASE_URL: 'postgres://user:first@db/pilotlight', DATABASE_PASSWORD: 'second' });
  expect(message).toContain('DATABASE_URL: expected a URL without a password, because DATABASE_PASSWORD is given');
  expect(message).not.toMatch(/first|second/);
});

test('the content of a file is not shown if it is not valid', () => {
  const message = messageFor({ ADMIN_TOKEN_FILE: fileOf('short') });
  expect(message).toContain('ADMIN_TOKEN: expected at least 16 characters, got 5 characters');
});
