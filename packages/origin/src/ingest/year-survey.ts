import { isDay, startOfDayMs } from './calendar.ts';
import type { YearStart } from './year-inference.ts';
import { BACK_MS, MERGED_BACK_MS, placeInYear, smallStep, YearTrack } from './year-track.ts';

/** A date without a year and the time of day. */
export interface YearlessTime {
  readonly month: number;
  readonly day: number;
  readonly timeOfDayMs: number;
  /** The host after the time, where syslog writes it. */
  readonly host?: string | undefined;
}

/** 29 February recurs after at most eight years. */
const MAX_LEAP_GAP_YEARS = 8;
/** 29ths of February of more years than this do not narrow the year further. */
const MAX_LEAP_CYCLES = 32;
/** A file whose years turn more often has the lines of several sources: syslog itself is about this many years old. */
const MAX_CYCLES = 40;
/** A file is dense if it has this many times and this share of them is at most a week from the time before. */
const MIN_DENSE_TIMES = 50;
const DENSE_SHARE = 0.9;

/** Follows the times without a year of a file in one direction. */
class Direction {
  readonly #track: YearTrack;
  #latest: { cycle: number; place: number; time: YearlessTime };
  readonly #leapCycles = new Set<number>();
  /** Years that the dated lines of the file imply for cycle 0. */
  readonly #dated = new Set<number>();

  constructor(first: YearlessTime, isNewestFirst: boolean, backMs: number) {
    const place = placeOf(first);
    this.#track = new YearTrack(0, place, isNewestFirst, backMs);
    this.#latest = { cycle: 0, place, time: first };
  }

  /** Number of turns of the year until the latest time. */
  get cycles(): number {
    return this.#latest.cycle;
  }

  add(time: YearlessTime, place: number): void {
    const cycle = this.#track.next(place);
    if (cycle > this.#latest.cycle || (cycle === this.#latest.cycle && place > this.#latest.place)) {
      this.#latest = { cycle, place, time };
    }
    const isLeapDay = time.month === 2 && time.day === 29;
    if (isLeapDay && this.#leapCycles.size < MAX_LEAP_CYCLES) this.#leapCycles.add(cycle);
  }

  /** A line with a full date says which year its cycle is. */
  addDated(year: number, place: number): void {
    if (this.#dated.size < 2) this.#dated.add(year - this.#track.next(place));
  }

  /** Returns the year of cycle 0: the latest one that puts no time after `latestMs`. */
  startYear(latestMs: number): number {
    const last = new Date(latestMs).getUTCFullYear() - this.#latest.cycle;
    const [dated, ...others] = this.#dated;
    if (dated !== undefined && others.length === 0 && this.#fits(dated, latestMs)) return dated;
    for (let year = last; year >= last - MAX_LEAP_GAP_YEARS - 1; year--) if (this.#fits(year, latestMs)) return year;
    // No year has all the 29ths of February; such days are not read.
    return last;
  }

  #fits(year: number, latestMs: number): boolean {
    const { cycle, time } = this.#latest;
    const startsAtMs = startOfDayMs(year + cycle, time.month, time.day);
    if (startsAtMs === undefined || startsAtMs + time.timeOfDayMs > latestMs) return false;
    return [...this.#leapCycles].every((leapCycle) => isDay(year + leapCycle, 2, 29));
  }
}

/** Determines in which year the times of a file that have none begin, from the order of all its lines. */
export class YearSurvey {
  #first: number | undefined;
  #previous: number | undefined;
  #host: string | undefined;
  #steps = 0;
  /** Number of times by months before, and after, the time before them, which another host wrote. */
  #hostsBack = 0;
  #hostsForth = 0;
  /** Number of times without a year. */
  #times = 0;
  /** Number of them that are at most a week from the time before. */
  #near = 0;
  /** Oldest first and newest first, each for a file of one source and for one of several. */
  #directions: readonly [Direction, Direction, Direction, Direction] | undefined;

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** Adds the next time without a year. */
  add(time: YearlessTime): void {
    const place = placeOf(time);
    this.#first ??= place;
    this.#directions ??= [
      new Direction(time, false, BACK_MS),
      new Direction(time, true, BACK_MS),
      new Direction(time, false, MERGED_BACK_MS),
      new Direction(time, true, MERGED_BACK_MS),
    ];
    this.#times++;
    if (this.#previous !== undefined) {
      this.#addHost(time.host, place - this.#previous);
      const step = smallStep(this.#previous, place);
      this.#steps += step;
      if (step !== 0 || place === this.#previous) this.#near++;
    }
    this.#previous = place;
    this.#host = time.host;
    for (const direction of this.#directions) direction.add(time, place);
  }

  #addHost(host: string | undefined, stepMs: number): void {
    if (host === undefined || this.#host === undefined || host === this.#host) return;
    if (Math.abs(stepMs) <= BACK_MS || Math.abs(stepMs) > MERGED_BACK_MS) return;
    if (stepMs < 0) this.#hostsBack++;
    else this.#hostsForth++;
  }

  /** Adds the next time with a year, if times without one came before it. */
  addDated(year: number, time: YearlessTime): void {
    if (this.#first === undefined) return;
    const place = placeOf(time);
    this.#previous = place;
    for (const direction of this.#directions ?? []) direction.addDated(year, place);
  }

  /** Returns where the years begin, or null if every time has a year. */
  end(latestMs: number): YearStart | null {
    const isNewestFirst = this.#steps < 0;
    if (this.#first === undefined || this.#directions === undefined) return null;
    const [oldest, newest, mergedOldest, mergedNewest] = this.#directions;
    const plain = isNewestFirst ? newest : oldest;
    const merged = isNewestFirst ? mergedNewest : mergedOldest;
    // The lines of one host after those of another: its earlier months are not of the next year.
    const isAppended = (isNewestFirst ? this.#hostsForth : this.#hostsBack) > 0;
    const isMerged = this.#isDense || isAppended || plain.cycles > MAX_CYCLES;
    const year = (isMerged ? merged : plain).startYear(latestMs);
    return { year, place: this.#first, isNewestFirst, backMs: isMerged ? MERGED_BACK_MS : BACK_MS };
  }

  get #isDense(): boolean {
    return this.#times >= MIN_DENSE_TIMES && this.#near >= this.#times * DENSE_SHARE;
  }
}

function placeOf({ month, day, timeOfDayMs }: YearlessTime): number {
  return placeInYear(month, day, timeOfDayMs);
}
