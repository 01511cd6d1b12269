import { expect, onTestFinished, test } from 'vitest';
import type { RunningElasticsearch } from '../../process/running-server.ts';
import { temporaryDirectory } from '../../testing/temporary-directory.ts';
import { pingElasticsearch } from '../ping-elasticsearch.ts';

/**
 * Registers the tests that hold for Elasticsearch wherever it runs. They share servers, because each start takes many seconds.
 *
 * @param start starts a server with a data directory
 */
export function elasticsearchContract(start: (dataDir: string) => Promise<RunningElasticsearch>): void {
  test('a server restarts on the same port, and the next one finds its data', async () => {
    const dataDir = temporaryDirectory();
    const first = await start(dataDir);
    onTestFinished(() => first.stop());
    const { url } = first;
    expect(new URL(url).hostname).toBe('127.0.0.1');
    await store(url);

    await first.restart();
    expect(first.url).toBe(url);
    expect(await count(url)).toBe(1);

    await first.stop();
    await expect(pingElasticsearch(url)).rejects.toThrow(/ECONNREFUSED/);

    const second = await start(dataDir);
    onTestFinished(() => second.stop());
    expect(await count(second.url)).toBe(1);
  });
}

async function store(url: string): Promise<void> {
  const stored = await fetch(`${url}/kept/_doc/1?refresh=true`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"answer":7}',
  });
  expect(stored.status).toBe(201);
}

/** Returns the number of documents, once the shards of the index have started. */
async function count(url: string): Promise<number> {
  await fetch(`${url}/_cluster/health/kept?wait_for_status=yellow&timeout=60s`);
  const answer: { count: number } = JSON.parse(await (await fetch(`${url}/kept/_count`)).text());
  return answer.count;
}
