import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOrInstall, freePort } from '@pilotlight/stack';

export const OPS = join(import.meta.dirname, '..', '..', 'ops');
const PACKAGES = { packages: ['prometheus'], log: console.log } as const;
const READY_WITHIN_MS = 60_000;

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
}

export interface Prometheus {
  /** Returns the result of an instant query. */
  query(expression: string): Promise<Series[]>;
  /** Returns the names of all metrics that were scraped; that of a histogram without its suffixes. */
  metricNames(): Promise<string[]>;
  /** Returns the alerts that fire now. */
  firing(): Promise<string[]>;
  /** Returns the alerts that have fired at any time. */
  fired(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Returns the path of promtool, which comes with Prometheus. */
export async function promtool(): Promise<string> {
  return await findOrInstall('promtool', PACKAGES);
}

/** Starts a real Prometheus with the rules of the repository. They fire at once: their `for` would take minutes. */
export async function startPrometheus(targets: Readonly<Record<string, string>>): Promise<Prometheus> {
  const program = await findOrInstall('prometheus', PACKAGES);
  const directory = await mkdtemp(join(tmpdir(), 'pilotlight-prometheus-'));
  const rules = await readFile(join(OPS, 'prometheus', 'alerts.yml'), 'utf8');
  await writeFile(join(directory, 'alerts.yml'), rules.replace(/^ +for: .*\n/gm, ''));
  await writeFile(join(directory, 'prometheus.yml'), configOf(targets));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
  const api = `http://${address}`;
  await untilReady(api, child);
  const get = async (path: string) => {
    const answer = await fetch(`${api}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: unknown; error?: string };
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  };
  const query = async (expression: string) =>
    ((await get(`query?query=${encodeURIComponent(expression)}`)) as { result: Series[] }).result;
  return {
    query,
    metricNames: async () => Object.keys((await get('metadata')) as object),
    firing: async () => alertsOf(await query('count by (alertname) (ALERTS{alertstate="firing"})')),
    fired: async () => alertsOf(await query('count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[1h]))')),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true });
    },
  };
}

function alertsOf(series: readonly Series[]): string[] {
  return series.map(({ metric }) => metric['alertname'] ?? '').sort();
}

/** A scrape may wait 2 s for a server that does not answer, so the interval is longer. */
function configOf(targets: Readonly<Record<string, string>>): string {
  const jobs = Object.entries(targets).map(
    ([name, url]) => `  - job_name: ${name}\n    static_configs: [{ targets: ['${new URL(url).host}'] }]`,
  );
  return `global: { scrape_interval: 3s, scrape_timeout: 3s, evaluation_interval: 1s }
rule_files: [alerts.yml]
scrape_configs:
${jobs.join('\n')}
`;
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    if (child.exitCode !== null || performance.now() > giveUpAt)
      throw new Error(`expected a ready Prometheus at ${url}, exit code ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
