import { readlinkSync } from 'node:fs';
import { startElasticsearch } from '../elasticsearch/start-elasticsearch.ts';

/** A launcher that tests kill. It starts a throw-away Elasticsearch and prints where it is, as JSON. */
const { url, pid } = await startElasticsearch();
console.log(JSON.stringify({ url, pid, directory: readlinkSync(`/proc/${pid}/cwd`) }));
setInterval(() => undefined, 60_000);
