import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { startElasticsearch } from '../elasticsearch/start-elasticsearch.ts';

/** A launcher that tests kill. It starts a throw-away Elasticsearch and prints where it is, as JSON. */
const { url, pid } = await startElasticsearch();
const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
const config = environment.find((entry) => entry.startsWith('ES_PATH_CONF='))?.slice('ES_PATH_CONF='.length) ?? '';
console.log(JSON.stringify({ url, pid, directory: dirname(config) }));
setInterval(() => undefined, 60_000);
