import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DockerDaemon, environmentOf, runDocker, runProgram } from '@pilotlight/stack';
import { addressOf } from './containers.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const COMPOSE_FILE = join(ROOT, 'docker-compose.yml');
const WITHOUT_ELASTICSEARCH = join(ROOT, 'deploy', 'without-elasticsearch.yml');
const BUILD_WITHIN_MS = 900_000;
const UP_WITHIN_MS = 420_000;
const DOCKER_WITHIN_MS = 180_000;
const SHOW_WITHIN_MS = 60_000;
const POLL_EVERY_MS = 250;
const SECRETS = ['postgres_password', 'redis_password', 'elasticsearch_password', 'admin_token', 'api_tokens'] as const;

/** The parts of `docker inspect` that the tests read. */
export interface Container {
  readonly Id: string;
  readonly Name: string;
  readonly Config: {
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Healthcheck?: { readonly Test: readonly string[] };
  };
  readonly State: {
    readonly Pid: number;
    readonly Running: boolean;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly HostConfig: {
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>> | null;
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly PidsLimit: number | null;
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[];
    readonly SecurityOpt: readonly string[];
    readonly LogConfig: { readonly Config: Readonly<Record<string, string>> };
  };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
  readonly RestartCount: number;
}

interface Scale {
  readonly apis: number;
  readonly workers: number;
}

/** The system of docker-compose.yml under a name, a port and secrets of its own. */
export class ComposeProject {
  readonly name = `pilotlight-test-${randomBytes(4).toString('hex')}`;
  readonly image = `${this.name}-app`;
  readonly secrets: Readonly<Record<(typeof SECRETS)[number], string>>;
  readonly #docker: DockerDaemon;
  readonly #directory = mkdtempSync(join(tmpdir(), 'pilotlight-compose-'));
  #files: readonly string[] = [COMPOSE_FILE];
  #port = 0;
  /** The untagged images that are not the build's; null before the build. */
  #untaggedBefore: readonly string[] | null = null;

  constructor(docker: DockerDaemon) {
    this.#docker = docker;
    const made = SECRETS.map((name) => [name, randomBytes(24).toString('hex')] as const);
    this.secrets = Object.fromEntries(made) as ComposeProject['secrets'];
    for (const [name, secret] of made) writeFileSync(join(this.#directory, name), `${secret}\n`, { mode: 0o644 });
    chmodSync(this.#directory, 0o700);
    const app = { image: this.image };
    const files = Object.fromEntries(SECRETS.map((name) => [name, { file: join(this.#directory, name) }]));
    writeFileSync(this.#overrides, JSON.stringify({ services: { api: app, worker: app }, secrets: files }));
  }

  /** The address of the proxy. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async build(): Promise<void> {
    // All those in a daemon of the run's own come from builds of this image.
    this.#untaggedBefore = this.#docker.isOwn ? [] : await this.#untagged();
    await this.#compose(['build', 'api'], BUILD_WITHIN_MS);
  }

  /** From now on, keeps the log lines in Postgres: `up` stops Elasticsearch. */
  useWithoutElasticsearch(): void {
    this.#files = [COMPOSE_FILE, WITHOUT_ELASTICSEARCH];
  }

  /**
   * Starts the missing containers, with a number of apis and workers. Resolves when Compose has started it. Rejects with the state and the
   * end of the log of every container.
   */
  async up({ apis, workers }: Scale): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const scale = ['--scale', `api=${apis}`, '--scale', `worker=${workers}`];
    await this.explained(() => this.#compose(['up', '--detach', '--no-build', ...scale], UP_WITHIN_MS));
  }

  /** Resolves when `count` containers are healthy. Rejects with the state and the end of the log of every container. */
  async untilHealthy(count: number): Promise<void> {
    const isDone = async () => {
      const containers = await this.containers();
      return containers.filter(({ State }) => State.Health?.Status === 'healthy').length === count;
    };
    await this.explained(() => until(`${count} healthy containers`, isDone));
  }

  /** Adds the state and the end of the log of every container to the error of some work. */
  async explained(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${reason}\n\n${await this.report()}`, { cause });
    }
  }

  /** Stops every container and keeps the data. */
  async stop(): Promise<void> {
    await this.#compose(['stop'], UP_WITHIN_MS);
  }

  /** Removes containers, networks, volumes, the image and the secrets. */
  async remove(): Promise<void> {
    await this.#compose(['down', '--volumes', '--remove-orphans', '--timeout', '2'], UP_WITHIN_MS);
    const images = [this.image, ...(await this.#newUntagged())];
    await runDocker(this.#docker, ['image', 'rm', '--force', ...images], UP_WITHIN_MS);
    this.dispose();
  }

  /** Removes the secrets. */
  dispose(): void {
    rmSync(this.#directory, { recursive: true });
  }

  /** Returns the running containers, of one service or of all. */
  async containers(service?: string): Promise<readonly Container[]> {
    const label = 'label=com.docker.compose';
    const filters = [
      `${label}.project=${this.name}`,
      ...(service === undefined ? [] : [`${label}.service=${service}`]),
    ];
    const listed = await this.docker(['ps', '--quiet', '--no-trunc', ...filters.flatMap((one) => ['--filter', one])]);
    const ids = listed.split('\n').filter((id) => id !== '');
    if (ids.length === 0) return [];
    return JSON.parse(await this.docker(['inspect', ...ids])) as Container[];
  }

  /** Returns the addresses of the apis, without the proxy. */
  async apis(): Promise<readonly string[]> {
    const containers = await this.containers('api');
    return containers.map((one) => `http://${addressOf(one)}:5000`);
  }

  /** Returns the names of everything in the daemon that belongs to this project. */
  async remains(): Promise<readonly string[]> {
    const filter = ['--filter', `label=com.docker.compose.project=${this.name}`];
    const lists = await Promise.all([
      this.#newUntagged().then((ids) => ids.join('\n')),
      this.docker(['ps', '--all', '--format', '{{.Names}}', ...filter]),
      this.docker(['network', 'ls', '--format', '{{.Name}}', ...filter]),
      this.docker(['volume', 'ls', '--format', '{{.Name}}', ...filter]),
      this.docker(['image', 'ls', '--format', '{{.Repository}}', this.image]),
    ]);
    return lists
      .join('\n')
      .split('\n')
      .filter((name) => name !== '');
  }

  docker(args: readonly string[]): Promise<string> {
    return runDocker(this.#docker, args, DOCKER_WITHIN_MS);
  }

  /** Returns the state and the end of the log of every container. */
  async report(): Promise<string> {
    const filter = ['--filter', `label=com.docker.compose.project=${this.name}`];
    const states = await this.docker(['ps', '--all', '--format', '{{.Names}}: {{.Status}}', ...filter]);
    return `${states}\n${await this.#compose(['logs', '--no-color', '--tail', '15'], SHOW_WITHIN_MS)}`;
  }

  /** Returns the images that the build made for its intermediate stages. */
  async #newUntagged(): Promise<readonly string[]> {
    const before = this.#untaggedBefore;
    return before === null ? [] : (await this.#untagged()).filter((id) => !before.includes(id));
  }

  async #untagged(): Promise<readonly string[]> {
    const listed = await this.docker(['image', 'ls', '--quiet', '--filter', 'dangling=true']);
    return listed.split('\n').filter((id) => id !== '');
  }

  get #overrides(): string {
    return join(this.#directory, 'overrides.json');
  }

  async #compose(args: readonly string[], withinMs: number): Promise<string> {
    const [program = '', ...own] = this.#docker.compose;
    const files = [...this.#files, this.#overrides].flatMap((file) => ['--file', file]);
    const project = ['--project-name', this.name, ...files];
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...environmentOf(this.#docker.host),
      PORT: String(this.#port),
    };
    return await runProgram(program, [...own, ...project, ...args], { env, cwd: this.#directory, withinMs });
  }
}

/** Returns the public images that docker-compose.yml, without its profiles, and the Dockerfile name. */
export function publicImages(): readonly string[] {
  const services = readFileSync(COMPOSE_FILE, 'utf8').split(/^(?= {2}\S)/m);
  const compose = services.filter((service) => !/^ {4}profiles:/m.test(service)).join('');
  const named = [...compose.matchAll(/^ +image: (\S+:\S+)$/gm)].map(([, image = '']) => image);
  return [...named, ...baseImages()];
}

/** Returns the public images that the Dockerfile names. */
export function baseImages(): readonly string[] {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  return [...dockerfile.matchAll(/^FROM (\S+:\S+)/gm)].map(([, image = '']) => image);
}

/** Resolves when `isDone` returns true. */
async function until(what: string, isDone: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + UP_WITHIN_MS;
  while (!(await isDone())) {
    if (performance.now() > giveUpAt) throw new Error(`expected ${what} within ${UP_WITHIN_MS / 1_000} s`);
    await delay(POLL_EVERY_MS);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('expected the address of a TCP server');
  return address.port;
}
