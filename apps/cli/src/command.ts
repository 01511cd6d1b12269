import type { Readable } from 'node:stream';
import { type Command, InvalidArgumentError } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** The surroundings of a command. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  /** Opens the standard input of the command. */
  readonly input: () => Readable;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
}

/**
 * Adds one command to the program: its name, options, help and action. The action calls `end` with the exit code; an error that it
 * throws is printed and ends the command with `failed`.
 */
export type AddCommand = (program: Command, context: CommandContext, end: (code: ExitCode) => void) => void;

/** The arguments or the environment do not fit. The message names the expected and the actual value, and the remedy. */
export class InvalidUse extends Error {
  override readonly name = 'InvalidUse';
}

/** The command could not do its work for an expected reason, which the message names with its remedy. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** Prints an answer of the api as one line of JSON, or as the text that `describe` returns. */
export function print<Data>(
  { terminal }: CommandContext,
  json: boolean | undefined,
  data: Data,
  describe: (data: Data) => string,
): void {
  terminal.out(json ? `${JSON.stringify(data)}\n` : describe(data));
}

/** Parses an argument that is a whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}
