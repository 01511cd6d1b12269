/** A reader of the log that takes longer for the last lines loses them. */
const LAST_LINES_MS = 1_000;

/** Ends the process as soon as the lines that wait for the reader of standard output are written, or after a second. */
export function endProcess(code: number): void {
  setTimeout(() => process.exit(code), LAST_LINES_MS);
  // Called after all earlier writes, and also if they fail.
  process.stdout.write('', () => process.exit(code));
}
