import { StackError } from '@pilotlight/stack';

/** Runs a command's main function; what it throws becomes a message for people, and exit code 1. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    console.error(`\n${messageOf(error)}`);
  }
  // Whatever a library still holds open is no reason to stay.
  process.exit();
}

/** Something the person who typed the command can put right; shown without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** What people are shown of an error: no stack where the message says what to do. */
export function messageOf(error: unknown): string {
  if (error instanceof StackError || error instanceof CommandError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
