import { StackError } from '@pilotlight/stack';

/** Runs the main function of a command. Prints an error as a message for the user and exits with code 1. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    console.error(`\n${messageOf(error)}`);
  }
  // Handles that a library still holds open must not delay the exit.
  process.exit();
}

/** An error that the user of the command can fix. It is shown without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Returns the text of an error for the user, without a stack if the message says what to do. */
export function messageOf(error: unknown): string {
  if (error instanceof StackError || error instanceof CommandError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
