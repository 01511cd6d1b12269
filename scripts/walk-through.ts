/** Returns the text that `npm start` prints once everything answers: first the address of the console, then the others and requests to try. */
export function walkThrough(run: {
  base: string;
  adminToken: string;
  dataDir: string | null;
  /** Whether the api reads from itself while a console is open. */
  demo: boolean;
  tookText: string;
  /** Undefined if the log lines are in Postgres; null if the server is not one of this run. */
  elasticsearchUrl: string | null | undefined;
}): string {
  const { base, adminToken, dataDir, elasticsearchUrl } = run;
  const demo = run.demo ? 'while the console is open, the api reads from itself (--no-sample: it does not)' : 'off';
  const logStore = logStoreText(elasticsearchUrl);
  return `
Pilotlight is ready (${run.tookText}). Open the console in a browser:

  ${base}/

  API           ${base}/api/stats
  Job queues    ${base}/admin/queues   (user "admin", password: the token)
  Admin token   ${adminToken}
  Log lines     ${logStore}
  Demo traffic  ${demo}
  Data          ${dataDir ?? 'removed when this process stops'}

Try each command twice. The second response comes from the cache (header Cache-Status, and "Cache HIT" in the log).

  curl -i ${base}/api/stats
  curl -i -X POST ${base}/api/search -d '{"q": "error"}'
  curl -i -F file=@README.md -H 'Prefer: wait=30' ${base}/api/upload

Press Ctrl-C to stop everything.
`;
}

function logStoreText(elasticsearchUrl: string | null | undefined): string {
  if (elasticsearchUrl === undefined) return 'in Postgres';
  if (elasticsearchUrl === null) return 'in the Elasticsearch of your ELASTICSEARCH_URL';
  return `in Elasticsearch (ELASTICSEARCH_URL=${elasticsearchUrl})`;
}
