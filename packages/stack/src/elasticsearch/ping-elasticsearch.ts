const TIMEOUT_MS = 5_000;

/**
 * Resolves when the server at `url` answers and can allocate shards. Rejects with the reason otherwise. Credentials in
 * the URL are sent with HTTP Basic.
 */
export async function pingElasticsearch(url: string): Promise<void> {
  const { username, password, origin } = new URL(url);
  const headers: Record<string, string> = {};
  if (username !== '') {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  const answer = await askHealth(`${origin}/_cluster/health`, headers);
  if (!answer.ok) throw new Error(`expected the health of an Elasticsearch cluster, got HTTP ${answer.status}`);
  const health: unknown = await answer.json();
  const status = typeof health === 'object' && health !== null && 'status' in health ? health.status : undefined;
  if (status !== 'green' && status !== 'yellow') {
    throw new Error(`expected a cluster whose status is green or yellow, got ${JSON.stringify(status)}`);
  }
}

/** `fetch` says only "fetch failed"; its cause has the reason. */
async function askHealth(url: string, headers: Record<string, string>): Promise<Response> {
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  }
}
