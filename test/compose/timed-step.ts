import { seconds } from '@pilotlight/stack';

export function log(line: string): void {
  console.log(`  ${line}`);
}

/** Runs a step of the setup and logs how long it took. */
export async function timed(step: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await work();
  log(`${step}: ${seconds(performance.now() - startedAt)}`);
}
