import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pathAsTyped, ROOT } from './root.ts';
import { CommandError } from './run-command.ts';

export interface LaunchOptions {
  port: number;
  /** Data directory; null for a throw-away one. */
  dataDir: string | null;
  sample: boolean;
  /** Whether the api reads from itself while a console is open. */
  demo: boolean;
  json: boolean;
  /** Whether Elasticsearch keeps the records. */
  elasticsearch: boolean;
}

const FLAGS = {
  start: ['port', 'data-dir', 'ephemeral', 'no-sample', 'elasticsearch'],
  services: ['data-dir', 'ephemeral', 'json', 'elasticsearch'],
} as const;

/** Parses the flags of `npm start` and `npm run services`. Throws `CommandError` for an unknown or invalid flag. */
export function launchOptions(command: keyof typeof FLAGS, args: string[]): LaunchOptions {
  const flags: readonly string[] = FLAGS[command];
  const usage = `The flags of this command are ${flags.map((flag) => `--${flag}`).join(', ')}.`;
  const values = parsed(args, usage);
  const unknown = Object.keys(values).find((name) => !flags.includes(name));
  if (unknown !== undefined) throw new CommandError(`--${unknown} is not a flag of "${command}". ${usage}`);
  const dataDir = values['data-dir'];
  if (values.ephemeral === true && dataDir !== undefined) {
    throw new CommandError('--ephemeral keeps no data, and --data-dir says where to keep it: use only one of them.');
  }
  return {
    port: portOf(values.port ?? process.env['PORT'] ?? '5000'),
    dataDir:
      values.ephemeral === true ? null : dataDir === undefined ? join(ROOT, '.pilotlight') : pathAsTyped(dataDir),
    sample: values['no-sample'] !== true,
    demo: values['no-sample'] !== true && !hasOwnReaders(process.env),
    json: values.json === true,
    elasticsearch: values.elasticsearch === true,
  };
}

/** Whether the environment names a database or tokens, so that the service is more than a first look. */
function hasOwnReaders(env: NodeJS.ProcessEnv): boolean {
  return ['DATABASE_URL', 'DATABASE_URL_FILE', 'API_TOKENS', 'API_TOKENS_FILE', 'TOKENS_FILE'].some(
    (name) => env[name],
  );
}

function parsed(args: string[], usage: string) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        'data-dir': { type: 'string' },
        ephemeral: { type: 'boolean' },
        'no-sample': { type: 'boolean' },
        json: { type: 'boolean' },
        elasticsearch: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error} ${usage}`);
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new CommandError(`--port: expected a number from 1 to 65535, got "${text}".`);
}
