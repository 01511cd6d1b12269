import { join } from 'node:path';
import { canInstall, installPackages } from '../apt-get.ts';
import { openDirectory } from '../directory.ts';
import { ServiceUnavailable } from '../errors.ts';
import { type LineLogger, seconds } from '../line-logger.ts';
import { findBinary } from '../process/find-binary.ts';
import { ServerProcess } from '../process/server-process.ts';
import { Supervisor } from '../process/supervisor.ts';
import { createBridge, type DaemonBridge } from './daemon-bridge.ts';
import { runProgram } from './docker-cli.ts';

/** A Docker daemon that answers. */
export interface DockerDaemon {
  /** The address of the daemon, in the format of `DOCKER_HOST`. */
  readonly host: string;
  /** Whether this package started the daemon, so that its images and containers are removed with it. */
  readonly isOwn: boolean;
  /** The command that runs Compose: `['docker', 'compose']` or `['docker-compose']`. */
  readonly compose: readonly string[];
  readonly how: string;
}

export interface RunningDocker extends DockerDaemon {
  /** Stops the daemon and removes its data. Does nothing to a daemon that was running before. */
  stop(): Promise<void>;
}

interface DockerOptions {
  log: LineLogger;
  /** Defaults to `process.env`. */
  env?: NodeJS.ProcessEnv | undefined;
}

const PACKAGES = ['docker.io', 'docker-compose', 'iproute2', 'iptables'];
const DEFAULT_HOST = 'unix:///var/run/docker.sock';
// A busy machine needs seconds to start a program.
const ASK_WITHIN_MS = 60_000;

/**
 * Finds a Docker daemon that answers, or starts a private one, which it installs with apt-get where possible. Rejects with
 * `ServiceUnavailable`, which names every way that was tried.
 */
export async function startDocker(options: DockerOptions): Promise<RunningDocker> {
  const { log, env = process.env } = options;
  const host = env['DOCKER_HOST'] || DEFAULT_HOST;
  const reasons: string[] = [];
  try {
    await askDaemon(host, env);
    const compose = await composeCommand(env);
    if (compose !== null)
      return { host, isOwn: false, compose, how: `the daemon at ${host}`, stop: async () => undefined };
    reasons.push(`the daemon at ${host}: it answers, but neither "docker compose" nor docker-compose is installed`);
  } catch (error) {
    reasons.push(`the daemon at ${host}: ${messageOf(error)}`);
  }
  try {
    return await startOwn(env, log);
  } catch (error) {
    reasons.push(`a private daemon: ${messageOf(error)}`);
  }
  throw new ServiceUnavailable(
    `No Docker daemon is available. Tried, in this order:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}\n` +
      'Start Docker with Compose, or run as root on a Debian-like system.',
  );
}

async function startOwn(env: NodeJS.ProcessEnv, log: LineLogger): Promise<RunningDocker> {
  const startedAt = performance.now();
  const compose = await installed(env, log);
  const supervisor = Supervisor.start();
  const directory = openDirectory(undefined, supervisor);
  const host = `unix://${join(directory.path, 'docker.sock')}`;
  let bridge: DaemonBridge | null = null;
  let daemon: ServerProcess | null = null;
  const stop = async () => {
    await daemon?.stop();
    await bridge?.remove();
    directory.dispose();
    supervisor.release();
  };
  try {
    bridge = await createBridge(env);
    daemon = daemonProcess(directory.path, host, { env, bridge }, supervisor);
    await daemon.start();
    const how = `a private dockerd, storage driver ${await storageDriver(host, env, log)}`;
    log(`Docker ready in ${seconds(performance.now() - startedAt)} (${how})`);
    return { host, isOwn: true, compose, how, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns the name of the daemon's storage driver. Logs a line if it is the slow one that needs nothing of the kernel. */
async function storageDriver(host: string, env: NodeJS.ProcessEnv, log: LineLogger): Promise<string> {
  const args = ['--host', host, 'info', '--format', '{{.Driver}}'];
  const driver = (await runProgram('docker', args, { env, withinMs: ASK_WITHIN_MS })).trim();
  if (driver === 'vfs') log('Docker: overlay mounts are not possible here, so it copies each layer, which takes long');
  return driver;
}

/** Returns the command of Compose. Installs the daemon and Compose if one of them is missing. */
async function installed(env: NodeJS.ProcessEnv, log: LineLogger): Promise<readonly string[]> {
  const found = await composeCommand(env);
  if (found !== null && findBinary(['dockerd'], env['PATH']) !== null) {
    if (process.getuid?.() === 0) return found;
    throw new ServiceUnavailable('starting dockerd needs root');
  }
  const installable = canInstall(PACKAGES, env);
  if (installable !== true) throw new ServiceUnavailable(installable);
  log(`No Docker daemon: installing ${PACKAGES.join(', ')} with apt-get, as root on a Debian-like system`);
  await installPackages(PACKAGES, env, log);
  const compose = await composeCommand(env);
  if (compose !== null) return compose;
  throw new ServiceUnavailable('apt-get installed docker-compose, but PATH still has none');
}

function daemonProcess(
  directory: string,
  host: string,
  { env, bridge }: { env: NodeJS.ProcessEnv; bridge: DaemonBridge },
  supervisor: Supervisor,
): ServerProcess {
  const inside = (name: string) => join(directory, name);
  return new ServerProcess(
    {
      name: 'dockerd',
      command: findBinary(['dockerd'], env['PATH']) ?? 'dockerd',
      args: [
        ...['--host', host, '--data-root', inside('data'), '--exec-root', inside('exec')],
        ...['--pidfile', inside('docker.pid')],
        ...['--bridge', bridge.name, '--default-address-pool', bridge.pool],
      ],
      cwd: directory,
      env,
      logFile: inside('dockerd.log'),
      pidFile: inside('server.json'),
      stopSignal: 'SIGTERM',
      graceMs: 30_000,
      ask: () => askDaemon(host, env),
      readyWithinMs: 60_000,
    },
    supervisor,
  );
}

async function askDaemon(host: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['--host', host, 'version', '--format', '{{.Server.Version}}'];
  await runProgram('docker', args, { env, withinMs: ASK_WITHIN_MS });
}

/** Returns the command of Compose: the plugin of `docker`, else the program of its own, else null. */
async function composeCommand(env: NodeJS.ProcessEnv): Promise<readonly string[] | null> {
  const hasPlugin = await runProgram('docker', ['compose', 'version'], { env, withinMs: ASK_WITHIN_MS }).then(
    () => true,
    () => false,
  );
  if (hasPlugin) return ['docker', 'compose'];
  return findBinary(['docker-compose'], env['PATH']) === null ? null : ['docker-compose'];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
