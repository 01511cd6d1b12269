import { performance } from 'node:perf_hooks';
import { type ServiceEnv, ServiceUnavailable, seconds, startServices } from '@pilotlight/stack';
import { parseCLI, startVitest } from 'vitest/node';
import { checkSteps, runSteps } from './check-steps.ts';
import { runCommand } from './run-command.ts';
import { listenForStop } from './stop-request.ts';
import { suitesThatNeedServices } from './suites-that-need-services.ts';
import { TestTally } from './test-tally.ts';

/** `npm test`: the checks, then every suite against real services. `npm test -- <filters>` runs those tests alone. */
await runCommand(async () => {
  const startedAt = performance.now();
  const args = process.argv.slice(2);
  const stop = listenForStop();
  void stop.asked.then((by) => {
    // What has been started is stopped by its guardian.
    console.error(`\nStopped by ${by}`);
    process.exit(130);
  });

  const tally = new TestTally();
  if (args.length === 0) {
    console.log('Checks');
    tally.failed += await runSteps(checkSteps());
  } else console.log('Filters were given: the checks are left out (npm run check)');

  console.log('\nServices');
  const services = await servicesOfRun();
  await runSuites(args, services.env, tally, services.missing);
  await services.stop();

  if (tally.skipped.length > 0) console.log(`Skipped:\n${tally.skipped.map((line) => `  ${line}`).join('\n')}`);
  console.log(`\nFinished in ${seconds(performance.now() - startedAt)}`);
  console.log(tally.line);
  process.exitCode = tally.failed > 0 ? 1 : 0;
});

interface ServicesOfRun {
  env: ServiceEnv | null;
  /** Why there are none. */
  missing: string | null;
  stop(): Promise<void>;
}

async function servicesOfRun(): Promise<ServicesOfRun> {
  try {
    const services = await startServices({ ephemeral: true, say: (line) => console.log(`  ${line}`) });
    return { env: services.env, missing: null, stop: () => services.stop() };
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['REQUIRE_SERVICES'] === 'all') throw error;
    return { env: null, missing: error.message, stop: () => Promise.resolve() };
  }
}

async function runSuites(
  args: string[],
  env: ServiceEnv | null,
  tally: TestTally,
  missing: string | null,
): Promise<void> {
  const { filter, options } = parseCLI(['vitest', 'run', ...args]);
  const left = missing === null ? [] : suitesThatNeedServices();
  if (missing !== null) {
    console.log(`\n${missing}\n\nThese suites do not run without it (REQUIRE_SERVICES=all makes that a failure):`);
    for (const file of left) {
      console.log(`  ${file}`);
      tally.skipped.push(`${file}: a service is missing`);
    }
  }
  process.env['PILOTLIGHT_TEST_SERVICES'] = JSON.stringify(env);
  await startVitest(filter, {
    ...options,
    watch: false,
    exclude: [...(options.exclude ?? []), ...left],
    reporters: ['default', tally],
  });
}
