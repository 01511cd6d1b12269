import { expect, test } from 'vitest';
import type { Entry } from '../model/entry.ts';
import { EntryCodec } from './entry-codec.ts';

const entry: Entry = {
  epoch: 1_700_000_000_000,
  asOf: 42,
  loadedAt: 1_700_000_001_000.5,
  freshUntil: 1_700_000_061_000,
  revalidateUntil: 1_700_000_121_000,
  staleUntil: 1_700_000_361_000,
  loadMs: 12.5,
  tags: ['file:größe 🚀'],
  scope: { time: { from: 10, to: null }, level: ['ERROR'] },
  etag: 'etag',
  body: Buffer.alloc(180, '{"level":"ERROR"},'),
};

/**
 * The bytes that format version 2 wrote for this entry at the introduction of each codec. A change that fails here needs another
 * version.
 */
const WRITTEN = {
  plain:
    'UExDMgAAAABCeLz+VoAAAEBFAAAAAAAAQni8/la+iABCeLz+ZWSAAEJ4vP50CoAAQni8/q6igABAKQAAAAAAAAAAAAsAAAAVAAAAMAAAAAQAAAC0c3RhdHM6Z2V0OjFbImZpbGU6Z3LDtsOfZSDwn5qAIl17InRpbWUiOnsiZnJvbSI6MTAsInRvIjpudWxsfSwibGV2ZWwiOlsiRVJST1IiXX1ldGFneyJsZXZlbCI6IkVSUk9SIn0seyJsZXZlbCI6IkVSUk9SIn0seyJsZXZlbCI6IkVSUk9SIn0seyJsZXZlbCI6IkVSUk9SIn0seyJsZXZlbCI6IkVSUk9SIn0seyJsZXZlbCI6IkVSUk9SIn0seyJsZXZlbCI6IkVSUk9SIn0seyJsZXZlbCI6IkVSUk9SIn0seyJsZXZlbCI6IkVSUk9SIn0seyJsZXZlbCI6IkVSUk9SIn0sejyx/Q==',
  deflate:
    'UExDMgEAAABCeLz+VoAAAEBFAAAAAAAAQni8/la+iABCeLz+ZWSAAEJ4vP50CoAAQni8/q6igABAKQAAAAAAAAAAAAsAAAAVAAAAMAAAAAQAAAC0c3RhdHM6Z2V0OjFbImZpbGU6Z3LDtsOfZSDwn5qAIl17InRpbWUiOnsiZnJvbSI6MTAsInRvIjpudWxsfSwibGV2ZWwiOlsiRVJST1IiXX1ldGFnq1bKSS1LzVGyUnINCvIPUqrVqR70IgAH5lJ0',
  zstd: 'UExDMgIAAABCeLz+VoAAAEBFAAAAAAAAQni8/la+iABCeLz+ZWSAAEJ4vP50CoAAQni8/q6igABAKQAAAAAAAAAAAAsAAAAVAAAAMAAAAAQAAAC0c3RhdHM6Z2V0OjFbImZpbGU6Z3LDtsOfZSDwn5qAIl17InRpbWUiOnsiZnJvbSI6MTAsInRvIjpudWxsfSwibGV2ZWwiOlsiRVJST1IiXX1ldGFnKLUv/SC0zQAAkHsibGV2ZWwiOiJFUlJPUiJ9LAEAPkXNMJ6xyWQ=',
  brotli:
    'UExDMgMAAABCeLz+VoAAAEBFAAAAAAAAQni8/la+iABCeLz+ZWSAAEJ4vP50CoAAQni8/q6igABAKQAAAAAAAAAAAAsAAAAVAAAAMAAAAAQAAAC0c3RhdHM6Z2V0OjFbImZpbGU6Z3LDtsOfZSDwn5qAIl17InRpbWUiOnsiZnJvbSI6MTAsInRvIjpudWxsfSwibGV2ZWwiOlsiRVJST1IiXX1ldGFni1kAAICqqqrq/3SnsxxOcpezAPDhzjc5y0VA4AAufqXoFNk4AM6EcIzXQ1JSi49dM3sFkd0=',
  gzip: 'UExDMgQAAABCeLz+VoAAAEBFAAAAAAAAQni8/la+iABCeLz+ZWSAAEJ4vP50CoAAQni8/q6igABAKQAAAAAAAAAAAAsAAAAVAAAAMAAAAAQAAAC0c3RhdHM6Z2V0OjFbImZpbGU6Z3LDtsOfZSDwn5qAIl17InRpbWUiOnsiZnJvbSI6MTAsInRvIjpudWxsfSwibGV2ZWwiOlsiRVJST1IiXX1ldGFnH4sIAAAAAAAAA6tWykktS81RslJyDQryD1Kq1ake9CIAF6kVibQAAADBls1J',
  encrypted:
    'UExDMgACAABCeLz+VoAAAEBFAAAAAAAAQni8/la+iABCeLz+ZWSAAEJ4vP50CoAAQni8/q6igABAKQAAAAAAAAAAAAsAAAAVAAAAMAAAAAQAAAC0c3RhdHM6Z2V0OjFrMc9JOBW6BiV5wRv7nW3PkeF1tsKeOXoVrTy6kWMsXp1C5QFZZyyBO9ue/iIkZwdzudtT5YftfiFOonTZ5gD9kW5+lQ1mdEB+LwQg+OEIrGk3dYUjCcLw4F4qpzkZqTJvAg5T1lw3Dvb5wWoCIsD7nPh8on5WVPGKZ0t9W2jIDWWsAxTM++srSFQ7TFs3M3UYsT7bo4PkDBoPYvk1hzP5EJEsaCofCFP3iJT9MIr4UjTzOcVsIt+al7qMqPc78OPA5oXUTTxAmcKgkeSw+HYYateCpksNC+abB/1YquTNHuajtsNkSc5SU1otPdFoEz4ysHk25QLR1LkxEdVD8ZTv8bQUUn41uT0MErUMjWku6doaCNV3WMOvfTDxKHLelA==',
};

test.each(Object.entries(WRITTEN))(
  '%s bytes of an earlier build of this format version are readable',
  (name, bytes) => {
    const encryption = { keys: [{ id: 'k1', key: Buffer.alloc(32, 7) }] };
    const codec = new EntryCodec(name === 'encrypted' ? { encryption } : {});
    const decoded = codec.decode('stats:get:1', Buffer.from(bytes, 'base64'));
    expect(decoded).toMatchObject(entry);
  },
);
