import type { LogRecord } from '../../../log-record.ts';
import { BUCKET_WIDTHS, bucketStart, fits, widerThan } from '../../bucket-widths.ts';
import { binOf } from '../../time-bins.ts';
import { MAX_TIMELINE_BUCKETS } from '../../timeline-bounds.ts';
import { LEVEL_CODES } from '../level-codes.ts';
import { FrequencyCounter, type Frequent } from './frequency-counter.ts';

/** While a file is read, at most this many cells are held, unless wider buckets would be useless for a timeline. */
const MAX_CELLS_READING = 20_000;
/** A file whose records need more groups or cells is not counted ahead. */
const MAX_GROUPS = 5_000;
const MAX_CELLS = 200_000;

/** Number of sources of a file that are stored. */
const STORED_SOURCES = 1_000;

/** The records of one bucket, service and level. */
export interface Cell {
  lines: number;
  firstMs: number;
  lastMs: number;
}

/** The records of one service and level. */
export class Group {
  readonly service: string | null;
  readonly level: number;
  lines = 0;
  dated = 0;
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  sourced = 0;
  timed = 0;
  timeSum = 0;
  readonly bins = new Map<number, number>();
  /** By start of the bucket. */
  cells = new Map<number, Cell>();

  constructor(service: string | null, level: number) {
    this.service = service;
    this.level = level;
  }

  /** Returns whether the record needed a new cell. */
  add({ timestamp, source, responseTimeMs }: LogRecord, widthMs: number): boolean {
    this.lines += 1;
    if (source !== null) this.sourced += 1;
    if (responseTimeMs !== null) this.#addTime(responseTimeMs);
    if (timestamp === null) return false;
    const atMs = Date.parse(timestamp);
    this.dated += 1;
    this.firstMs = Math.min(this.firstMs, atMs);
    this.lastMs = Math.max(this.lastMs, atMs);
    return mergeInto(this.cells, bucketStart(atMs, widthMs), { lines: 1, firstMs: atMs, lastMs: atMs });
  }

  widen(widthMs: number): void {
    const wider = new Map<number, Cell>();
    for (const [start, cell] of this.cells) mergeInto(wider, bucketStart(start, widthMs), cell);
    this.cells = wider;
  }

  #addTime(ms: number): void {
    this.timed += 1;
    this.timeSum += ms;
    const bin = binOf(ms);
    this.bins.set(bin, (this.bins.get(bin) ?? 0) + 1);
  }
}

/** Returns whether the bucket had no cell. */
function mergeInto(cells: Map<number, Cell>, start: number, { lines, firstMs, lastMs }: Cell): boolean {
  const cell = cells.get(start);
  if (cell === undefined) {
    cells.set(start, { lines, firstMs, lastMs });
    return true;
  }
  cell.lines += lines;
  cell.firstMs = Math.min(cell.firstMs, firstMs);
  cell.lastMs = Math.max(cell.lastMs, lastMs);
  return false;
}

/**
 * Counts the records of one file while they pass by. Memory is bounded: buckets become wider as the file needs more of
 * them, and a file whose records are too varied is not counted at all.
 */
export class FileRollUp {
  readonly #groups = new Map<string | null, (Group | undefined)[]>();
  readonly #sources = new FrequencyCounter();
  #widthMs: number = BUCKET_WIDTHS[0];
  #groupCount = 0;
  #cellCount = 0;
  #maxCells = MAX_CELLS_READING;
  #isTooVaried = false;

  /** Width of the buckets in ms; null if the records are too varied to be counted ahead. */
  get widthMs(): number | null {
    return this.#isTooVaried ? null : this.#widthMs;
  }

  get groups(): Group[] {
    return [...this.#groups.values()].flat().filter((group) => group !== undefined);
  }

  get topSources(): Frequent {
    return this.#sources.top(STORED_SOURCES);
  }

  add(records: readonly LogRecord[]): void {
    for (const record of records) {
      if (this.#isTooVaried) return;
      if (record.source !== null) this.#sources.add(record.source);
      if (this.#groupOf(record).add(record, this.#widthMs)) this.#cellCount += 1;
      if (this.#cellCount > this.#maxCells) this.#makeRoom();
      if (this.#groupCount > MAX_GROUPS || this.#cellCount > MAX_CELLS) this.#giveUp();
    }
  }

  #makeRoom(): void {
    this.#widenTo(this.#maxCells);
    // Where wider buckets are of no use, looking again at every record would take too long.
    if (this.#cellCount > this.#maxCells) this.#maxCells = this.#cellCount * 2;
  }

  /** Widens the buckets until there is one cell per 100 records, so that a file of any size costs a read little. */
  end(): void {
    const lines = this.groups.reduce((sum, group) => sum + group.lines, 0);
    this.#widenTo(Math.min(Math.max(lines / 100, 4 * MAX_TIMELINE_BUCKETS), 10_000));
  }

  #groupOf({ service, level }: LogRecord): Group {
    const code = LEVEL_CODES[level];
    let levels = this.#groups.get(service);
    if (levels === undefined) {
      levels = new Array<Group | undefined>(8).fill(undefined);
      this.#groups.set(service, levels);
    }
    const known = levels[code];
    if (known !== undefined) return known;
    this.#groupCount += 1;
    const group = new Group(service, code);
    levels[code] = group;
    return group;
  }

  /** Stops at the width that a timeline of this file alone has. */
  #widenTo(maxCells: number): void {
    for (let wider = widerThan(this.#widthMs); wider !== null && this.#cellCount > maxCells; ) {
      if (this.#cellCount <= MAX_CELLS && fits(this.#span(), this.#widthMs, MAX_TIMELINE_BUCKETS)) return;
      this.#widthMs = wider;
      this.#cellCount = 0;
      for (const group of this.groups) {
        group.widen(wider);
        this.#cellCount += group.cells.size;
      }
      wider = widerThan(wider);
    }
  }

  #span(): { firstMs: number; lastMs: number } {
    const firstMs = Math.min(...this.groups.map((group) => group.firstMs));
    const lastMs = Math.max(...this.groups.map((group) => group.lastMs));
    return { firstMs, lastMs };
  }

  #giveUp(): void {
    this.#isTooVaried = true;
    this.#groups.clear();
  }
}
