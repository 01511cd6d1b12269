import { type Comparison, compareFiles } from './compare-files.ts';
import { type CopyOptions, copyFile } from './copy-file.ts';
import { countIndexed, type IndexedFile, indexedFiles, isIndexed } from './indexed-files.ts';
import type { FileDifference, ReindexProgress, ReindexResult } from './outcome.ts';
import { removeLeftovers } from './remove-leftovers.ts';

export interface CopyAllOptions extends CopyOptions {
  removeUnknown?: boolean;
  onProgress?: (progress: ReindexProgress) => void;
}

/** With uploads all the time each pass finds new files. After this number of passes the rest is left to the next call. */
const MAX_PASSES = 10;

/** Repeats passes until one finds nothing to do. That pass has compared every file. */
export async function copyAll(options: CopyAllOptions): Promise<ReindexResult> {
  const run = new Run(options);
  for (let pass = 1; ; pass += 1) {
    const { removed, unknown } = await removeLeftovers(options);
    const { compared, differences, hasChanged } = await run.pass(pass);
    run.removed += removed;
    const isSettled = !hasChanged && removed === 0;
    if (!isSettled && pass < MAX_PASSES) continue;
    return { passes: pass, copied: run.copied, removed: run.removed, compared, differences, unknown, isSettled };
  }
}

interface Pass {
  compared: { files: number; records: number };
  differences: FileDifference[];
  /** Whether a file was copied or deleted. */
  hasChanged: boolean;
}

/** The state of one call of `copyAll`. */
class Run {
  readonly #options: CopyAllOptions;
  readonly copied = { files: 0, records: 0 };
  removed = 0;
  #copyingMs = 0;

  constructor(options: CopyAllOptions) {
    this.#options = options;
  }

  async pass(number: number): Promise<Pass> {
    const { work, signal, onProgress } = this.#options;
    const pass: Pass = { compared: { files: 0, records: 0 }, differences: [], hasChanged: false };
    const total = await countIndexed(work);
    const report = (recordsOfFile = 0): void => {
      const { files, records } = pass.compared;
      onProgress?.({
        pass: number,
        done: { files, records: records + recordsOfFile },
        total,
        copied: { files: this.copied.files, records: this.copied.records + recordsOfFile },
        copyingMs: this.#copyingMs,
      });
    };
    for await (const page of indexedFiles(work)) {
      for (const comparison of await compareFiles(this.#options, page)) {
        signal?.throwIfAborted();
        await this.#settle(comparison, pass, report);
      }
      report();
    }
    return pass;
  }

  async #settle(comparison: Comparison, pass: Pass, report: (recordsOfFile?: number) => void): Promise<void> {
    const { state, ...difference } = comparison;
    const file = { id: difference.fileId, records: difference.expected };
    if (state === 'different') {
      // A file that was purged between its row and its count is not a difference.
      if (await isIndexed(this.#options.work, file.id)) pass.differences.push(difference);
      else pass.hasChanged = true;
      return;
    }
    if (state === 'missing') {
      pass.hasChanged = true;
      if (!(await this.#copy(file, report))) return;
    }
    pass.compared.files += 1;
    pass.compared.records += file.records;
  }

  async #copy(file: IndexedFile, report: (recordsOfFile?: number) => void): Promise<boolean> {
    let records = 0;
    let since = performance.now();
    const isCopied = await copyFile(this.#options, file, (more) => {
      records += more;
      this.#copyingMs += performance.now() - since;
      since = performance.now();
      report(records);
    });
    this.#copyingMs += performance.now() - since;
    if (!isCopied) return false;
    this.copied.files += 1;
    this.copied.records += records;
    return true;
  }
}
