import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..', '..');

export interface ServerProcess {
  /** Resolves with the URL as soon as the server has printed it. */
  url(): Promise<string>;
  stop(): Promise<void>;
}

/** Runs a script on the same Node, on one core if the system can pin processes. */
export async function startProcess(
  script: string,
  env: Record<string, string>,
  { core }: { core?: number },
): Promise<ServerProcess> {
  const command = [process.execPath, join(ROOT, script)];
  const pinned =
    core !== undefined && process.platform === 'linux' ? ['taskset', '-c', String(core), ...command] : command;
  const [file = '', ...args] = pinned;
  const child = spawn(file, args, {
    env: { ...process.env, ...env, PARENT_PIPE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const listening = addressOf(child, script);
  listening.catch(() => undefined); // A failure rejects the promise of `url`.
  return {
    url: () => listening,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

export function startBareServer(
  body: Buffer,
  headers: NodeJS.Dict<string | string[]>,
  where: { core: number },
): Promise<ServerProcess> {
  const kept = Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !['date', 'connection', 'keep-alive', 'transfer-encoding'].includes(name),
    ),
  );
  const answer = JSON.stringify({ body: body.toString('base64'), headers: kept });
  return startProcess('bench/src/bare-server.ts', { BARE_ANSWER: answer }, where);
}

function addressOf(child: ChildProcess, script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (url) resolve(url);
      });
    }
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${script} exited before it listened: ${signal ?? code}`)));
  });
}
