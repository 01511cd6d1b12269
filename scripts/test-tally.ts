import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Vitest reporter that counts tests and collects the skipped ones with their reasons. */
export class TestTally implements Reporter {
  passed = 0;
  failed = 0;
  /** One line per skipped case: file, name, and the reason if the name does not contain it. */
  readonly skipped: string[] = [];
  /** One line for each failed test: file, name and the beginning of its error. */
  readonly failures: string[] = [];
  /** Tests were chosen by their names (`-t`), so that the others count as skipped: they are neither listed nor counted. */
  isFilteredByName = false;

  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<SerializedError>): void {
    for (const module of modules) this.#add(module);
    this.failed += unhandled.length;
    for (const error of unhandled) this.failures.push(`outside a test: ${beginningOf(error.message)}`);
  }

  /** The totals, for example `12 passed, 0 failed, 3 skipped`. */
  get line(): string {
    const skipped = this.skipped.length === 0 ? '' : `, ${this.skipped.length} skipped`;
    return `${this.passed} passed, ${this.failed} failed${skipped}`;
  }

  #add(module: TestModule): void {
    let failedCases = 0;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') this.passed += 1;
      else if (result.state === 'skipped') {
        if (this.isFilteredByName) continue;
        const note = 'note' in result && result.note !== undefined ? `: ${result.note}` : '';
        this.skipped.push(`${module.relativeModuleId} > ${test.fullName}${note}`);
      } else {
        failedCases += 1;
        this.failures.push(`${module.relativeModuleId} > ${test.fullName}: ${summaryOf(result.errors?.[0])}`);
      }
    }
    this.failed += failedCases;
    // A file that could not be loaded, or whose set-up failed, has no failed case.
    if (failedCases > 0 || module.ok()) return;
    this.failed += 1;
    this.failures.push(`${module.relativeModuleId}: ${beginningOf(module.errors()[0]?.message)}`);
  }
}

const MAX_LINES = 6;
const MAX_LINE_CHARS = 200;

/** The beginning of an error and, if it compares two values, the beginning of their difference. */
export function summaryOf(error: { readonly message?: string; readonly diff?: string } | undefined): string {
  const lines = stripVTControlCharacters(error?.diff ?? '').split('\n');
  const begins = ['- ', '+ '].flatMap((sign) =>
    lines
      .filter((line) => line.startsWith(sign) && !/^[-+] (Expected|Received)$/.test(line))
      .slice(0, MAX_LINES / 2)
      .map((line) => `${sign}${line.slice(2).trim()}`),
  );
  return [beginningOf(error?.message), beginningOf(begins.join('\n'))].filter((part) => part !== '').join(' · ');
}

/** The first lines of an error on one line: a failed property says its seed and its counterexample below the first. */
export function beginningOf(message = 'no message'): string {
  const lines = stripVTControlCharacters(message).split('\n');
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  return said
    .slice(0, MAX_LINES)
    .map((line) => line.slice(0, MAX_LINE_CHARS))
    .join(' · ');
}
