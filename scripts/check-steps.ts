import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seconds } from '@pilotlight/stack';
import { dependencyComplaints } from './dependency-rules.ts';
import { languageComplaints } from './language.ts';
import { ROOT } from './root.ts';
import { runTool } from './run-tool.ts';

export interface CheckStep {
  name: string;
  /** Runs the check. Returns its complaint, or null if it passed. */
  run(): Promise<string | null>;
}

/** Returns the checks. They are independent of each other. */
export function checkSteps(): CheckStep[] {
  return [
    tool('format, lint, import cycles, forbidden imports', 'biome', ['check', '--error-on-warnings', '.']),
    // With one checker: each further one computes the types of the libraries again.
    tool('types', 'tsc', ['--project', 'tsconfig.json', '--checkers', '1']),
    ...ownTypeConfigs().map((file) => tool(`types by ${file}`, 'tsc', ['--project', file, '--checkers', '1'])),
    tool('dead exports, unused and undeclared dependencies', 'knip', ['--no-progress']),
    tool('reference of cache-core, tables of peers and errors', process.execPath, ['scripts/docs.ts', '--check']),
    { name: 'direction of dependencies', run: () => Promise.resolve(joined(dependencyComplaints(ROOT))) },
    { name: 'language', run: () => Promise.resolve(counted(languageComplaints(ROOT))) },
  ];
}

/** Runs all checks, then prints every complaint. Returns the number of failed checks. */
export async function runSteps(steps: CheckStep[]): Promise<number> {
  const outcomes = await Promise.all(
    steps.map(async (step) => {
      const startedAt = performance.now();
      const complaint = await step.run();
      console.log(`  ${complaint === null ? 'ok  ' : 'FAIL'} ${step.name} (${seconds(performance.now() - startedAt)})`);
      return { name: step.name, complaint };
    }),
  );
  const failed = outcomes.filter((outcome) => outcome.complaint !== null);
  for (const { name, complaint } of failed) console.log(`\n--- ${name}\n${complaint}`);
  return failed.length;
}

function tool(name: string, program: string, args: string[]): CheckStep {
  return {
    name,
    run: async () => {
      const { code, output } = await runTool(program, args);
      return code === 0 ? null : output;
    },
  };
}

/** Returns the configurations of packages that are checked with other options than the rest. */
function ownTypeConfigs(): string[] {
  return globSync('{apps,packages}/*/tsconfig*.json', { cwd: ROOT })
    .filter((file) => !file.endsWith('.build.json'))
    .filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('"compilerOptions"'))
    .sort();
}

function joined(complaints: string[]): string | null {
  return complaints.length === 0 ? null : complaints.join('\n');
}

function counted(complaints: string[]): string | null {
  return joined(complaints.length === 0 ? [] : [...complaints, `${complaints.length} findings`]);
}
