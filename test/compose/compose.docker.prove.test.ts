import { prepareImages } from '@pilotlight/stack/testing';
import { testDocker } from '@pilotlight/stack/vitest';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ComposeProject, publicImages } from './compose-project.ts';
import { addressOf, childrenOf, crash, serviceOf } from './containers.ts';
import { HttpClient } from './http-client.ts';
import { apisReadyAtProxy, linesInElasticsearch, linesInPostgres } from './service-facts.ts';
import { log, timed } from './timed-step.ts';

// One system for all tests, which run in order: it starts in about a minute, with the log lines in Elasticsearch.
const APIS = 2;
const WORKERS = 3;
const STORES_AND_PROXY = 5;
// Each step of the setup has a limit of its own; this is longer than all of them.
const SETUP_WITHIN_MS = 3_600_000;
const POLL = { timeout: 120_000, interval: 250 };

let project: ComposeProject;
let isRemoved = false;

beforeAll(async () => {
  const docker = testDocker();
  project = new ComposeProject(docker);
  await timed('public images', () => prepareImages(docker, publicImages(), log));
  await timed('image of api and worker', () => project.build());
  await timed('start', () => project.up({ apis: APIS, workers: WORKERS }));
}, SETUP_WITHIN_MS);
afterAll(async () => {
  if (!isRemoved) await project.remove();
}, SETUP_WITHIN_MS);

const clientOf = (url: string) => new HttpClient(url, project.secrets.api_tokens);
const throughProxy = () => clientOf(project.url);

test('every container becomes healthy, after the ones it depends on', async () => {
  await project.untilHealthy(STORES_AND_PROXY + APIS + WORKERS);
  const startedAt = (service: string, pick: (...times: number[]) => number) =>
    project.containers(service).then((all) => pick(...all.map((one) => Date.parse(one.State.StartedAt))));
  const stores = await Promise.all(
    ['postgres', 'elasticsearch', 'redis-cache', 'redis-queue'].map((one) => startedAt(one, Math.max)),
  );
  expect(await startedAt('api', Math.min)).toBeGreaterThan(Math.max(...stores));
  expect(await startedAt('worker', Math.min)).toBeGreaterThan(Math.max(...stores));
  expect(await startedAt('proxy', Math.min)).toBeGreaterThan(await startedAt('api', Math.max));
});

test('every container has limits, rotated logs and reduced rights', async () => {
  for (const container of await project.containers()) {
    const { HostConfig, Config } = container;
    expect(HostConfig, container.Name).toMatchObject({
      ReadonlyRootfs: serviceOf(container) !== 'elasticsearch',
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      LogConfig: { Config: { 'max-size': '10m', 'max-file': '3' } },
    });
    expect(HostConfig.Memory, container.Name).toBeGreaterThan(0);
    expect(HostConfig.NanoCpus, container.Name).toBeGreaterThan(0);
    expect(HostConfig.PidsLimit, container.Name).toBeGreaterThan(0);
    if (!['api', 'worker'].includes(serviceOf(container))) expect(Config.User, container.Name).not.toBe('');
    const processes = await project.docker(['top', container.Id, '-eo', 'uid,pid,args']);
    expect(
      processes.split('\n').filter((line) => /^\s*0\s/.test(line)),
      container.Name,
    ).toEqual([]);
  }
});

test('only the proxy is reachable from outside, and no store without its password', async () => {
  const containers = await project.containers();
  const published = containers.filter(({ HostConfig }) => Object.keys(HostConfig.PortBindings ?? {}).length > 0);
  expect(published.map(serviceOf)).toEqual(['proxy']);
  const bindings = Object.values(published[0]?.HostConfig.PortBindings ?? {}).flat();
  expect(bindings.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
  const [elasticsearch] = containers.filter((one) => serviceOf(one) === 'elasticsearch');
  const answer = await fetch(`http://${addressOf(elasticsearch)}:9200/_search`);
  expect(answer.status).toBe(401);
});

test('no configuration or command line contains a secret', async () => {
  const containers = await project.containers();
  const commandLines = await Promise.all(containers.map(({ Id }) => project.docker(['top', Id, '-eo', 'pid,args'])));
  const shown = JSON.stringify(containers) + commandLines.join('\n');
  expect(shown).toContain('/run/secrets/postgres_password');
  for (const secret of Object.values(project.secrets)) expect(shown).not.toContain(secret);
});

test('an upload, its search and its stats are the same on both apis, and end with its deletion', async () => {
  const apis = (await project.apis()).map(clientOf);
  expect(apis).toHaveLength(APIS);
  for (let round = 0; round < 10; round++) {
    const service = `service${round}`;
    for (const api of apis) expect(await api.counted(service)).toBe(0);
    const text = `2026-01-02 00:00:00 ERROR ${service}: deletion${round}`;
    const { file, invalidation } = await throughProxy().upload(`round-${round}.log`, text);
    expect(invalidation.state).toBe('applied');
    for (const api of apis) {
      expect(await api.found(`deletion${round}`)).toBe(1);
      expect(await api.counted(service)).toBe(1);
    }
    expect((await apis[round % APIS]?.ask('DELETE', `/api/files/${file.id}`))?.status).toBe(200);
    for (const api of apis) {
      expect(await api.found(`deletion${round}`)).toBe(0);
      expect(await api.counted(service)).toBe(0);
    }
  }
});

test('the log lines are in Elasticsearch, and none is in Postgres', async () => {
  await throughProxy().upload(
    'stored.log',
    '2026-01-02 12:00:00 INFO stored: lasting one\n2026-01-02 12:00:01 INFO stored: lasting two',
  );
  expect(await linesInElasticsearch(project)).toBeGreaterThanOrEqual(2);
  expect(await linesInPostgres(project)).toBe(0);
});

test('without Elasticsearch, cached searches are answered, and others get 503 until it is back', async () => {
  const search = (q: string) => throughProxy().ask('POST', '/api/search', { q });
  expect(await throughProxy().found('lasting')).toBe(2);
  const [elasticsearch] = await project.containers('elasticsearch');
  await project.docker(['stop', `${elasticsearch?.Id}`]);
  const refused = await vi.waitUntil(async () => {
    const answer = await search(`other${crypto.randomUUID()}`);
    return answer.status === 503 ? answer : null;
  }, POLL);
  expect(refused.json).toMatchObject({ status: 503 });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await search('lasting')).toMatchObject({ status: 200, json: { total: 2 } });

  await project.docker(['start', `${elasticsearch?.Id}`]);
  await project.untilHealthy(STORES_AND_PROXY + APIS + WORKERS);
  await expect.poll(async () => (await search('one')).json.total, POLL).toBe(1);
});

test('a request without a token is refused', async () => {
  expect((await new HttpClient(project.url, 'another-token').ask('GET', '/api/files')).status).toBe(401);
});

test('while a crashed api restarts, the proxy answers every read', async () => {
  await expect.poll(() => apisReadyAtProxy(project), POLL).toBe(APIS);
  const [victim] = await project.containers('api');
  const statuses: (number | string)[] = [];
  const read = async () => (await throughProxy().ask('GET', '/api/files')).status;
  let isOver = false;
  const reading = (async () => {
    while (!isOver) statuses.push(await read().catch((error: Error) => `${error}: ${error.cause}`));
  })();
  crash(victim);
  await expect
    .poll(async () => (await project.containers('api')).find(({ Id }) => Id === victim?.Id)?.RestartCount, POLL)
    .toBe(1);
  await project.untilHealthy(STORES_AND_PROXY + APIS + WORKERS);
  isOver = true;
  await reading;
  expect(statuses.length).toBeGreaterThan(10);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});

test('while crashed workers restart, another worker indexes an upload', async () => {
  const [first, second] = await project.containers('worker');
  crash(first);
  crash(second);
  await throughProxy().upload('crash.log', '2026-01-03 00:00:00 INFO crash: survived');
  expect(await throughProxy().found('survived')).toBe(1);
  await project.untilHealthy(STORES_AND_PROXY + APIS + WORKERS);
});

test('a worker that stops working becomes unhealthy', async () => {
  const [worker] = await project.containers('worker');
  const [kind, ...check] = worker?.Config.Healthcheck?.Test ?? [];
  expect(kind).toBe('CMD');
  const isHealthy = () =>
    project.docker(['exec', `${worker?.Id}`, ...check]).then(
      () => true,
      () => false,
    );
  await expect.poll(isHealthy, POLL).toBe(true);
  const frozen = childrenOf(worker);
  expect(frozen).toHaveLength(1);
  for (const pid of frozen) process.kill(pid, 'SIGSTOP');
  await expect.poll(isHealthy, POLL).toBe(false);
  for (const pid of frozen) process.kill(pid, 'SIGCONT');
  await expect.poll(isHealthy, POLL).toBe(true);
});

test('the proxy uses an api that was added, and not those that were stopped', async () => {
  const before = await project.containers('api');
  await project.up({ apis: 3, workers: 1 });
  await project.untilHealthy(STORES_AND_PROXY + 3 + 1);
  await project.docker(['stop', ...before.map(({ Id }) => Id)]);
  await expect.poll(async () => (await throughProxy().ask('GET', '/api/files')).status, POLL).toBe(200);
  const [added] = (await project.apis()).map(clientOf);
  const { file } = await throughProxy().upload('added.log', '2026-01-04 00:00:00 INFO added: found');
  expect((await added?.ask('GET', `/api/files/${file.id}`))?.status).toBe(200);
});

test('the data survives a stop and a start of the whole system', async () => {
  await project.stop();
  expect(await project.containers()).toEqual([]);
  await project.up({ apis: APIS, workers: 1 });
  await project.untilHealthy(STORES_AND_PROXY + APIS + 1);
  await expect.poll(async () => (await throughProxy().ask('GET', '/api/files')).status, POLL).toBe(200);
  const names = (await throughProxy().ask('GET', '/api/files')).json.files.map(({ name }: { name: string }) => name);
  expect(names).toEqual(['added.log', 'crash.log', 'stored.log']);
  expect(await throughProxy().found('survived')).toBe(1);
});

test('with deploy/without-elasticsearch.yml, the log lines are in Postgres', async () => {
  project.useWithoutElasticsearch();
  await project.up({ apis: APIS, workers: 1 });
  await project.untilHealthy(STORES_AND_PROXY - 1 + APIS + 1);
  await expect.poll(async () => (await throughProxy().ask('GET', '/api/files')).status, POLL).toBe(200);
  await throughProxy().upload('postgres.log', '2026-01-05 00:00:00 INFO postgres: elsewhere');
  expect(await throughProxy().found('elsewhere')).toBe(1);
  expect(await linesInPostgres(project)).toBe(1);
});

test('after its removal, nothing of the system is left in the daemon', async () => {
  expect((await project.remains()).length).toBeGreaterThan(8);
  await project.remove();
  isRemoved = true;
  expect(await project.remains()).toEqual([]);
});
