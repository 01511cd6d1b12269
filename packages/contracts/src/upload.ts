/** The longest `Prefer: wait=N` that is honoured, in seconds. */
export const LONGEST_WAIT_SECONDS = 60;

/** `Prefer: wait=30` (RFC 7240, section 4.3): seconds to wait for the answer, or null when not asked for. */
export function preferredWaitSeconds(prefer: string | undefined): number | null {
  const wait = prefer?.match(/(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i)?.[1];
  return wait === undefined ? null : Math.min(Number(wait), LONGEST_WAIT_SECONDS);
}
