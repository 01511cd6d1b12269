/** All times below are in ms on the harness's monotonic clock. */
export type Instant = number;

/** Result of a requested change. `unknown`: there was no response, or it leaves open whether the change happened. */
export type Answered = 'applied' | 'pending' | 'refused' | 'unknown';

/** One uploaded file: lines with its subject's word and its number, and everything known about it. */
export interface Version {
  readonly subject: number;
  readonly number: number;
  readonly name: string;
  readonly lines: number;
  readonly upload: { readonly askedAt: Instant; answeredAt: Instant | null; answered: Answered };
  /** Null if unknown, or if there is no file. */
  fileId: string | null;
  /** When the harness learned that the file is indexed, regardless of the caches. */
  indexedAt: Instant | null;
  /** When the harness learned that the file is indexed and that every process knows it. */
  indexedAppliedAt: Instant | null;
  /** Set when its deletion is first requested. */
  deletion: { readonly askedAt: Instant; answeredAt: Instant | null; answered: Answered } | null;
}

/** What a read shows of one version. */
export interface Seen {
  /** For a search, the numbers of its lines, with repetitions. Empty for a list. */
  readonly lines: readonly number[];
  /** For a list, the file's status. */
  readonly status: string | null;
}

interface ReadBase {
  readonly api: string;
  readonly beganAt: Instant;
  readonly endedAt: Instant;
  /** False if the response says that it could not be checked against the log. */
  readonly verified: boolean;
}

/** A search by subject, optionally within a range of versions. `seen` has every returned line. */
export interface SearchRead extends ReadBase {
  readonly kind: 'search';
  readonly subject: number;
  /** Version numbers that the search covers, both ends included; null for all. */
  readonly range: readonly [from: number, to: number] | null;
  /** Only versions with an even number: their lines have the level ERROR. */
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

/** All requests and responses of a run. */
export class History {
  readonly versions: Version[] = [];
  readonly reads: Read[] = [];
  /** Reads and writes that failed or got no response in time, counted by reason. */
  readonly unanswered = new Map<string, number>();
  /** Responses that no fault explains. */
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
