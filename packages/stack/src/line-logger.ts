/** Prints one line for the user. */
export type LineLogger = (line: string) => void;

/** Formats a duration in seconds: `1.1 s`, `0.3 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
