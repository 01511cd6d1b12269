import type { ComposeProject } from './compose-project.ts';

/** Returns the number of log lines that a search of Elasticsearch finds. */
export async function linesInElasticsearch(project: ComposeProject): Promise<number> {
  const answer = await inContainer(
    project,
    'elasticsearch',
    `printf 'user = "elastic:%s"' "$(cat /run/secrets/elasticsearch_password)" |
      curl --silent --show-error --fail --config - 'http://127.0.0.1:9200/pilotlight-*/_count'`,
  );
  const { count }: { count: number } = JSON.parse(answer);
  return count;
}

/** Returns the number of log lines in Postgres. */
export async function linesInPostgres(project: ComposeProject): Promise<number> {
  const sql = 'SELECT count(*) FROM log_lines';
  const program = 'psql -h 127.0.0.1 -U pilotlight -d pilotlight --no-align --tuples-only';
  const script = `PGPASSWORD=$(cat /run/secrets/postgres_password) ${program} -c '${sql}'`;
  return Number(await inContainer(project, 'postgres', script));
}

/** Returns to how many apis the proxy sends requests because they are ready. */
export async function apisReadyAtProxy(project: ComposeProject): Promise<number> {
  const state = await inContainer(project, 'proxy', "wget -q -O - 'http://127.0.0.1:8404/;csv'");
  return state.split('\n').filter((line) => /^ready_apis,api\d+,/.test(line) && line.includes(',UP,')).length;
}

async function inContainer(project: ComposeProject, service: string, script: string): Promise<string> {
  const [container] = await project.containers(service);
  if (container === undefined) throw new Error(`expected a running container of ${service}`);
  return await project.docker(['exec', container.Id, 'sh', '-c', script]);
}
