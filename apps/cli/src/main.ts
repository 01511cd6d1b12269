import { createReadStream } from 'node:fs';
import process from 'node:process';
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal.ts';

/** `npm run pilotlight`: runs one command and exits with its code (`exit-codes.ts`). */
const stop = new AbortController();
const ask = (by: string): void => stop.abort(new Error(`stopped by ${by}`));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal));
// biome-ignore lint/style/noProcessEnv: the one place where the process reads its environment
const env = process.env;
if (env['PARENT_PIPE'] === '1') {
  process.stdin.on('error', () => ask('the end of the parent process'));
  process.stdin.on('close', () => ask('the end of the parent process')).resume();
}
// Under npm, standard input is the pipe of the parent, and the user's input has another number.
const input = () =>
  env['INPUT_FD'] === undefined ? process.stdin : createReadStream('', { fd: Number(env['INPUT_FD']) });
const code = await runCli(process.argv.slice(2), { env, terminal: processTerminal(), input, signal: stop.signal });
// Handles that a library still holds open must not delay the exit.
process.exit(code);
