import { randomInt } from 'node:crypto';
import { ServiceUnavailable } from '../errors.ts';
import { isAlive } from '../process/identity.ts';
import { CommandFailed, runProgram } from './docker-cli.ts';

/** The network bridge of one private daemon. */
export interface DaemonBridge {
  readonly name: string;
  /** The addresses for further networks of the daemon. */
  readonly pool: string;
  /** Removes the bridge and its firewall rules. */
  remove(): Promise<void>;
}

/** The number in a name is the process that made the bridge. An interface has at most 15 characters. */
const NAME = /\bpilot(\d+)\b/;
const ATTEMPTS = 20;
const WITHIN_MS = 60_000;
const TABLES = ['filter', 'nat'] as const;

/**
 * Creates a network bridge for a daemon, because every daemon on a machine would use `docker0` by default and give its containers the
 * same addresses there. Removes the bridges of processes that have ended. Rejects with `ServiceUnavailable`, which names the missing
 * program or the refused command.
 */
export async function createBridge(env: NodeJS.ProcessEnv): Promise<DaemonBridge> {
  const run = (program: string, args: readonly string[]) => runProgram(program, args, { env, withinMs: WITHIN_MS });
  const name = `pilot${process.pid}`;
  const remove = (bridge: string) => removeBridge(bridge, run);
  try {
    // Fails if the kernel has no packet filter, in which case the daemon could not start either.
    for (const table of TABLES) await run('iptables', ['--wait', '--table', table, '--list-rules']);
    for (const left of await leftBridges(run)) await remove(left);
    const prefix = await freePrefix(run);
    await run('ip', ['link', 'add', 'name', name, 'type', 'bridge']);
    await run('ip', ['address', 'add', `${prefix}.255.1/24`, 'dev', name]);
    await run('ip', ['link', 'set', 'dev', name, 'up']);
    return { name, pool: `base=${prefix}.0.0/17,size=24`, remove: () => remove(name) };
  } catch (cause) {
    if (!(cause instanceof CommandFailed)) throw cause;
    const message = `expected a kernel with network bridges and iptables, got: ${cause.message}`;
    throw new ServiceUnavailable(message, { cause });
  }
}

type Run = (program: string, args: readonly string[]) => Promise<string>;

async function leftBridges(run: Run): Promise<readonly string[]> {
  const lines = (await run('ip', ['-oneline', 'link', 'show', 'type', 'bridge'])).split('\n');
  const found = lines.map((line) => NAME.exec(line)).filter((match) => match !== null);
  return found.filter(([, pid]) => Number(pid) === process.pid || !isAlive(Number(pid))).map(([bridge]) => bridge);
}

/** Returns the first two bytes of a network that no route leads to, as text. */
async function freePrefix(run: Run): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const prefix = `10.${randomInt(64, 255)}`;
    const routes = await run('ip', ['-4', 'route', 'show', 'to', 'root', `${prefix}.0.0/16`]);
    if (routes.trim() === '') return prefix;
  }
  throw new ServiceUnavailable(`expected a free network among 10.64.0.0 to 10.254.0.0, got ${ATTEMPTS} with routes`);
}

async function removeBridge(name: string, run: Run): Promise<void> {
  for (const table of TABLES) {
    const rules = await run('iptables', ['--wait', '--table', table, '--list-rules']);
    for (const rule of rules.split('\n').filter((line) => line.startsWith('-A ') && line.split(' ').includes(name))) {
      await run('iptables', ['--wait', '--table', table, '--delete', ...rule.split(' ').slice(1)]);
    }
  }
  await run('ip', ['link', 'delete', 'dev', name]);
}
