import { execFile } from 'node:child_process';
import { StackError } from '../errors.ts';

/** A program that this package ran exited with an error. */
export class CommandFailed extends StackError {
  constructor(command: readonly string[], reason: string, options?: ErrorOptions) {
    super('COMMAND_FAILED', `"${command.join(' ')}" failed: ${reason}`, options);
  }
}

export interface CommandOptions {
  env: NodeJS.ProcessEnv;
  cwd?: string | undefined;
  /** Ends the command after this time, in ms. */
  withinMs: number;
}

const MAX_OUTPUT_BYTES = 64 * 1024 ** 2;
const SHOWN_CHARACTERS = 4_000;

/** Runs a program and returns its standard output. Rejects with `CommandFailed`, which contains the end of its output. */
export function runProgram(program: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { env, cwd, withinMs } = options;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { env, cwd, timeout: withinMs, maxBuffer: MAX_OUTPUT_BYTES, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const reason = error.killed ? `it did not end within ${withinMs / 1_000} s` : `it ended with ${error.code}`;
        const output = `${stdout}\n${stderr}`.trim().slice(-SHOWN_CHARACTERS);
        reject(new CommandFailed([program, ...args], `${reason}\n${output}`, { cause: error }));
      },
    );
  });
}

/** Runs the command `docker` with the daemon at `host`. Returns its standard output. */
export function runDocker({ host }: { host: string }, args: readonly string[], withinMs = 60_000): Promise<string> {
  return runProgram('docker', args, { env: { ...process.env, ...environmentOf(host) }, withinMs });
}

/** Returns the variables that make `docker` and Compose use the daemon at `host`. */
export function environmentOf(host: string): NodeJS.ProcessEnv {
  // The classic builder, because Debian's package has no other.
  return { DOCKER_HOST: host, DOCKER_BUILDKIT: '0' };
}

/** Returns whether the daemon has an image. */
export async function hasImage(docker: { host: string }, name: string): Promise<boolean> {
  return (await runDocker(docker, ['image', 'ls', '--quiet', name])).trim() !== '';
}
