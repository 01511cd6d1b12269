import type { paths } from '@pilotlight/client';

/** When one process confirmed that it serves nothing of what an invalidation hit, and how. */
export type Confirmation =
  paths['/api/cache/invalidate']['post']['responses'][200]['content']['application/json']['processes'][number];

/** A process as the id in its confirmation names it. */
export interface NamedProcess {
  /** `api`, `worker`, or the whole id if it has another form. */
  readonly kind: string;
  /** The host and the process id of the system; null if the id has another form. */
  readonly where: string | null;
}

/** Parses an id such as `api:web-1:4711:6f1c…`: the kind, the host, the process id, and a part that makes it unique. */
export function processOf(id: string): NamedProcess {
  const [, kind, host, pid] = /^(api|worker):(.+):(\d+):[0-9a-f-]{36}$/.exec(id) ?? [];
  if (kind === undefined || host === undefined || pid === undefined) return { kind: id, where: null };
  return { kind, where: `${host} · ${pid}` };
}

const WORDS = { applied: 'confirmed', left: 'left', leaseEnded: 'lease ended' } as const;

export function howText({ how }: Pick<Confirmation, 'how'>): string {
  return WORDS[how];
}

/** Returns how far along a ripple each confirmation is, from 0 to 1: the last one is at 1, and a first one at 0 ms is visible. */
export function rippleShares(confirmations: readonly Confirmation[]): number[] {
  const last = Math.max(...confirmations.map(({ after_ms: ms }) => ms), 0);
  return confirmations.map(({ after_ms: ms }) => (last === 0 ? 1 : Math.max(0.02, ms / last)));
}
