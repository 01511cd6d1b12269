/** Everything below is in ms on the harness's monotonic clock. */
export type Instant = number;

/** What came of asking for a change. `unknown`: no answer, or one that leaves open whether it was done. */
export type Answered = 'applied' | 'pending' | 'refused' | 'unknown';

/** One uploaded file: some lines that carry its subject's word and its number, and all that was learned of it. */
export interface Version {
  readonly subject: number;
  readonly number: number;
  readonly name: string;
  readonly lines: number;
  readonly upload: { readonly askedAt: Instant; answeredAt: Instant | null; answered: Answered };
  /** Null: not known, or there is none. */
  fileId: string | null;
  /** When it was learned that it is indexed, whatever the caches know. */
  indexedAt: Instant | null;
  /** When it was learned that it is indexed and that every process knows. */
  indexedAppliedAt: Instant | null;
  /** From the first time its deletion was asked for. */
  deletion: { readonly askedAt: Instant; answeredAt: Instant | null; answered: Answered } | null;
}

/** What a read says of one version. */
export interface Seen {
  /** Of a search: the numbers of its lines, each as often as it came. Of a list: none. */
  readonly lines: readonly number[];
  /** Of a list: the file's status. */
  readonly status: string | null;
}

interface ReadBase {
  readonly api: string;
  readonly beganAt: Instant;
  readonly endedAt: Instant;
  /** False: the answer says that it could not be held against the log. */
  readonly verified: boolean;
}

/** A search: by subject, in it by a range of versions; every line that came is in `seen`. */
export interface SearchRead extends ReadBase {
  readonly kind: 'search';
  readonly subject: number;
  /** Version numbers that the search covers, both ends included; null for all. */
  readonly range: readonly [from: number, to: number] | null;
  /** Only versions of even number: theirs are the lines of level ERROR. */
  readonly errorsOnly: boolean;
  readonly total: number;
  readonly seen: ReadonlyMap<number, Seen>;
}

/** The number of lines of one subject. */
export interface StatsRead extends ReadBase {
  readonly kind: 'stats';
  readonly subject: number;
  readonly total: number;
}

/** The list of all files, by name. */
export interface FilesRead extends ReadBase {
  readonly kind: 'files';
  readonly seen: ReadonlyMap<string, Seen>;
}

export type Read = SearchRead | StatsRead | FilesRead;

/** All that was asked, and all that was answered. */
export class History {
  readonly versions: Version[] = [];
  readonly reads: Read[] = [];
  /** Reads and writes that got no answer in time, or an error; by what came. */
  readonly unanswered = new Map<string, number>();
  /** Answers that nothing can explain, as they came. */
  readonly wrong: string[] = [];
  readonly #bySubject = new Map<number, Version[]>();

  of(subject: number): readonly Version[] {
    return this.#bySubject.get(subject) ?? [];
  }

  add(version: Version): void {
    this.versions.push(version);
    const others = this.#bySubject.get(version.subject);
    if (others) others.push(version);
    else this.#bySubject.set(version.subject, [version]);
  }

  countUnanswered(what: string): void {
    this.unanswered.set(what, (this.unanswered.get(what) ?? 0) + 1);
  }
}
