import type { Deps } from '../deps.ts';
import { readinessOf } from './readiness-report.ts';

/** A probe opens a connection, so it is rare while no caller asks. */
const WATCHED_EVERY_MS = 10_000;

/** Probes the dependencies while no caller does, so that it is known since when one is unavailable. Ends when the process stops. */
export function watchHealth(parts: Omit<Deps, 'live'>): void {
  const timer = setInterval(async () => readinessOf(parts, await parts.probes.get()), WATCHED_EVERY_MS).unref();
  parts.stopping.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
