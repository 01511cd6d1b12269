/** What `npm start` says once everything answers: where it is, and what to try. */
export function walkThrough(run: {
  base: string;
  adminToken: string;
  dataDir: string | null;
  tookText: string;
}): string {
  const { base, adminToken, dataDir } = run;
  return `
Pilotlight is ready (${run.tookText})

  API           ${base}/api/stats
  Job queues    ${base}/admin/queues   (user "admin", password: the token)
  Admin token   ${adminToken}
  Data          ${dataDir ?? 'thrown away when this stops'}

Try it, each twice: the second answer comes from the cache (header Cache-Status, and "Cache HIT" in the log)

  curl -i ${base}/api/stats
  curl -i -X POST ${base}/api/search -d '{"q": "error"}'
  curl -i -F file=@README.md -H 'Prefer: wait=30' ${base}/api/upload

Ctrl-C stops all of it.
`;
}
