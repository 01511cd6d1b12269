import { fileURLToPath } from 'node:url';
import { type Load, type LoadSample, runGenerator } from './wrk.ts';

const MAIN = fileURLToPath(import.meta.resolve('./closed-loop-main.ts'));

/** Measures like wrk, also requests that wrk cannot send. */
export function closedLoop(load: Load): Promise<LoadSample> {
  const { url, requests, connections, seconds } = load;
  return runGenerator([process.execPath, MAIN, JSON.stringify({ url, requests, connections, seconds })], load);
}
