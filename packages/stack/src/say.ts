/** Takes one line for people. */
export type Say = (line: string) => void;

/** `1.1 s`, `0.3 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
