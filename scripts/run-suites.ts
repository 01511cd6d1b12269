import { performance } from 'node:perf_hooks';
import {
  findOrInstall,
  type ServiceEnv,
  ServiceUnavailable,
  seconds,
  startDocker,
  startServices,
} from '@pilotlight/stack';
import { parseCLI, startVitest } from 'vitest/node';
import { ROOT } from './root.ts';
import { messageOf } from './run-command.ts';
import { RunningSuites } from './running-suites.ts';
import { listenForStop } from './stop-request.ts';
import {
  PROJECTS,
  type SuiteKind,
  suitesOf,
  suitesThatNeedChromium,
  suitesThatNeedDocker,
  suitesThatNeedServices,
} from './suites.ts';
import { TestTally } from './test-tally.ts';
import { writeTally } from './write-tally.ts';

interface SuitesOptions {
  kind: SuiteKind;
  /** File filters and options of vitest. */
  args: string[];
  /** Runs before the suites unless filters are given. Returns the number of failed checks. */
  checks?: () => Promise<number>;
}

/**
 * Runs the suites of one kind on real services. The last line is `N passed, N failed[, N skipped]`. If `TALLY_FILE`
 * names a file, the numbers are written there instead, for a caller that adds up several runs. The exit code agrees
 * with them.
 */
export async function runSuites(options: SuitesOptions): Promise<void> {
  const startedAt = performance.now();
  void listenForStop().asked.then((by) => {
    // The supervisor stops the services.
    console.error(`\nStopped by ${by}`);
    process.exit(130);
  });
  const tally = new TestTally();
  try {
    await runCounted(options, tally);
  } catch (error) {
    tally.failed += 1;
    console.error(`\n${messageOf(error)}`);
  }
  if (tally.skipped.length > 0) console.log(`Skipped:\n${tally.skipped.map((line) => `  ${line}`).join('\n')}`);
  console.log(`\nFinished in ${seconds(performance.now() - startedAt)}`);
  const tallyFile = process.env['TALLY_FILE'];
  if (tallyFile) writeTally(tallyFile, tally);
  else console.log(tally.line);
  process.exitCode = tally.failed > 0 ? 1 : 0;
}

async function runCounted({ kind, args, checks }: SuitesOptions, tally: TestTally): Promise<void> {
  if (checks && args.length === 0) {
    console.log('Checks');
    tally.failed += await checks();
  } else if (checks) console.log('Skipping the checks, because filters were given (run "npm run check")');

  const { filter, options } = parseCLI(['vitest', 'run', ...args]);
  if (!anyMatches(kind, filter)) {
    tally.failed += 1;
    return;
  }
  console.log('\nServices');
  const services = await servicesOfRun();
  const docker = await dockerOfRun(selected(suitesThatNeedDocker(kind), filter).length > 0);
  if (docker.missing !== null && process.env['REQUIRE_SERVICES'] === 'all') tally.failed += 1;
  if (selected(suitesThatNeedChromium(kind), filter).length > 0) await requireChromium();
  try {
    await runVitest(kind, { filter, options }, { services, docker }, tally);
  } finally {
    await docker.stop();
    await services.stop();
  }
}

/**
 * With `REQUIRE_SERVICES=all` a missing Chromium is installed, because the suites that need it are not skipped. Where that is
 * not possible, they fail.
 */
async function requireChromium(): Promise<void> {
  if (process.env['REQUIRE_SERVICES'] !== 'all') return;
  // Loading the driver takes a quarter of a second, which other runs never spend.
  const { chromiumPath } = await import('@pilotlight/console/testing');
  if (chromiumPath() !== null) return;
  try {
    await findOrInstall('chromium', { packages: ['chromium'], log: (line) => console.log(`  ${line}`) });
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    console.log(`  ${error.message}`);
  }
}

interface DockerOfRun {
  /** For the suites, as JSON. Null if there is no daemon. */
  daemon: object | null;
  /** Why the daemon is missing. */
  missing: string | null;
  stop(): Promise<void>;
}

async function dockerOfRun(isNeeded: boolean): Promise<DockerOfRun> {
  if (!isNeeded) return { daemon: null, missing: null, stop: () => Promise.resolve() };
  try {
    const { stop, ...daemon } = await startDocker({ log: (line) => console.log(`  ${line}`) });
    return { daemon, missing: null, stop };
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    return { daemon: null, missing: error.message, stop: () => Promise.resolve() };
  }
}

interface ServicesOfRun {
  env: ServiceEnv | null;
  /** Why the services are missing. */
  missing: string | null;
  stop(): Promise<void>;
}

async function servicesOfRun(): Promise<ServicesOfRun> {
  try {
    const services = await startServices({ ephemeral: true, log: (line) => console.log(`  ${line}`) });
    return { env: services.env, missing: null, stop: () => services.stop() };
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['REQUIRE_SERVICES'] === 'all') throw error;
    return { env: null, missing: error.message, stop: () => Promise.resolve() };
  }
}

async function runVitest(
  kind: SuiteKind,
  { filter, options }: ReturnType<typeof parseCLI>,
  { services, docker }: { services: ServicesOfRun; docker: DockerOfRun },
  tally: TestTally,
): Promise<void> {
  const without = [
    ...leftOut(services.missing, selected(suitesThatNeedServices(kind), filter), tally),
    ...leftOut(docker.missing, selected(suitesThatNeedDocker(kind), filter), tally),
  ];
  process.env['PILOTLIGHT_TEST_DOCKER'] = JSON.stringify(docker.daemon);
  // Each project has its own exclude list, to which vitest.config.ts adds these files.
  process.env['PILOTLIGHT_SUITES_LEFT_OUT'] = without.join(',');
  process.env['PILOTLIGHT_TEST_SERVICES'] = JSON.stringify(services.env);
  // A reporter given as an option would replace ours under this name, and nothing would be counted.
  const { reporter, ...others } = options;
  tally.isFilteredByName = options.testNamePattern !== undefined;
  await startVitest(filter, {
    ...others,
    includeTaskLocation: filter.some((part) => LINE.test(part)),
    project: options.project ?? [...PROJECTS[kind]],
    watch: false,
    passWithNoTests: without.length > 0,
    reporters: [...[reporter ?? 'default'].flat(), new RunningSuites(), tally],
  });
  // Covers other errors of vitest, such as a test that contains `only`.
  if (process.exitCode && tally.failed === 0) tally.failed += 1;
}

/** Returns the suites that have to be left out, and reports them, if something that they need is missing. */
function leftOut(missing: string | null, suites: string[], tally: TestTally): string[] {
  if (missing === null) return [];
  console.log(`\n${missing}\n\nSkipping the suites that need it (REQUIRE_SERVICES=all makes this a failure):`);
  for (const file of suites) {
    console.log(`  ${file}`);
    tally.skipped.push(`${file}: a service is missing`);
  }
  return suites;
}

/** Returns the suites that the filters select. */
function selected(suites: string[], filter: string[]): string[] {
  return suites.filter((file) => filter.length === 0 || filter.some((part) => file.includes(withoutLine(part))));
}

/** Returns whether a suite of this kind matches the filters. Otherwise prints which command runs the matching ones. */
function anyMatches(kind: SuiteKind, filter: string[]): boolean {
  const matching = (of: SuiteKind) =>
    suitesOf(of).filter((file) => filter.some((part) => file.includes(withoutLine(part))));
  if (filter.length === 0 || matching(kind).length > 0) return true;
  const command = { test: 'npm test', prove: 'npm run prove' } as const;
  const other = kind === 'test' ? 'prove' : 'test';
  const elsewhere = matching(other);
  console.log(`\nNo suite of ${command[kind]} matches ${filter.join(', ')}.`);
  if (elsewhere.length > 0)
    console.log(
      `Matching suites of ${command[other]} -- ${filter.join(' ')}:\n${elsewhere.map((file) => `  ${file}`).join('\n')}`,
    );
  return false;
}

const LINE = /:\d+$/;

/** vitest accepts `file:line`, also with the absolute path of the file. */
const withoutLine = (filter: string): string => filter.replace(LINE, '').replace(`${ROOT}/`, '').replace(/^\.\//, '');
