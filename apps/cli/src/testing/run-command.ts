import { Readable } from 'node:stream';
import type { ExitCode } from '../exit-codes.ts';
import { runCli } from '../run-cli.ts';

export interface CommandResult {
  code: ExitCode;
  out: string;
  err: string;
}

export interface CommandOptions {
  env?: Record<string, string | undefined>;
  signal?: AbortSignal;
  /** The standard input. Defaults to nothing. */
  input?: Readable;
  isInteractive?: boolean;
  columns?: number | null;
  /** Receives standard error while the command runs. */
  onErr?: (text: string) => void;
}

/** Runs a command in this process. Returns its exit code and everything that it wrote. */
export async function runCommand(
  args: readonly string[],
  {
    env = {},
    signal = new AbortController().signal,
    input = Readable.from([]),
    isInteractive = false,
    columns = null,
    onErr,
  }: CommandOptions = {},
): Promise<CommandResult> {
  let out = '';
  let err = '';
  const terminal = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
      onErr?.(text);
    },
    isInteractive,
    columns,
  };
  const code = await runCli(args, { env, terminal, input: () => input, signal });
  return { code, out, err };
}
