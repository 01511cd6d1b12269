/** Which member of an archive the text of a file comes from, by its place in the text. */
export class Members {
  #starts: { at: number; name: string }[] = [];
  #skipped: { name: string; what: string }[] = [];
  #skippedCount = 0;

  /** Forgets everything: the file is read again from its start. */
  restart(): void {
    this.#starts = [];
    this.#skipped = [];
    this.#skippedCount = 0;
  }

  /** The text from `at` belongs to this member. */
  begin(at: number, name: string): void {
    this.#starts.push({ at, name });
  }

  skip(name: string, what: string): void {
    this.#skippedCount++;
    if (this.#skipped.length < MAX_NAMED) this.#skipped.push({ name, what });
  }

  /** Returns the member of the text at a place, or null if the file is not an archive. */
  nameAt(at: number): string | null {
    return this.#starts.findLast((start) => start.at <= at)?.name ?? null;
  }

  /** Returns the number of the member, from 0, that has the text at a place, or -1 if the file is not an archive. */
  indexAt(at: number): number {
    return this.#starts.findLastIndex((start) => start.at <= at);
  }

  /** Returns the place where a member's text begins, or undefined if it is not known yet. */
  startOf(index: number): number | undefined {
    return this.#starts[index]?.at;
  }

  get hasText(): boolean {
    return this.#starts.length > 0;
  }

  get skipped(): number {
    return this.#skippedCount;
  }

  /** Says which members are not read and why, for example `a.png is a PNG image`. Null if all are. */
  get skippedBecause(): string | null {
    if (this.#skippedCount === 0) return null;
    const named = this.#skipped.map(({ name, what }) => `${name.slice(0, MAX_NAME_LENGTH)} is ${what}`);
    const more = this.#skippedCount - named.length;
    return named.join(', ') + (more > 0 ? `, and ${more} more` : '');
  }
}

/** Maximum number of skipped members that are named, and the maximum length of their names. */
const MAX_NAMED = 5;
const MAX_NAME_LENGTH = 100;
