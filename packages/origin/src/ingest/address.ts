/** An address without the port that may follow: `1.2.3.4:5`, `[::1]:5`; an IPv6 address alone stays as it is. */
export function addressOf(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([^:]+):\d+$/.exec(text)?.[1] ?? text;
}
