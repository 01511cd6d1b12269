import { monthOf, startOfDayMs, timeOfDayMs } from './calendar.ts';
import { DateOrderSurvey } from './date-order-survey.ts';
import type { FileTimes } from './file-times.ts';
import { levelOfWord } from './levels.ts';
import type { YearStart } from './year-inference.ts';
import { YearSurvey } from './year-survey.ts';

/** Where the text of each file of an archive begins. */
interface MemberStarts {
  startOf(index: number): number | undefined;
}

/** Bytes of a line in which its time is looked for. */
const HEAD_BYTES = 256;
const NEWLINE = 0x0a;

const MONTH = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const DAYS = [
  '(?<year>\\d{4})[-/.](?<month>\\d\\d)[-/.](?<day>\\d\\d)[T _]{1,2}',
  `(?<day>\\d{1,2})[ /-](?<month>${MONTH})(?:[ /-](?<year>\\d{4}))?[ :]`,
  `(?<month>${MONTH}) {1,2}(?<day>\\d{1,2})(?:,? (?<year>\\d{4}))?,? `,
  '(?<digits>\\d{1,2}(?<separator>[-/.])\\d{1,2}\\k<separator>(?:\\d{4}|\\d\\d)),?[T ]{1,2}',
  '(?<month>\\d\\d)-(?<day>\\d\\d) ',
  '(?<=^[IWEF])(?<month>\\d\\d)(?<day>\\d\\d) ',
];
/** The first date and time of a line. A year (asctime) or the half of the day may follow. */
const TIME = new RegExp(
  `(?:(?<=^[IWEF])|(?<![\\w./:-]))(?:${DAYS.join('|')})(?<clock>\\d{1,2}:\\d\\d(?::\\d\\d)?)(?:[.,]\\d{1,9})?` +
    '(?: (?:[A-Z]{1,5} |[+-]\\d{4} )?(?<lateYear>\\d{4})(?![\\d:.-])|(?: |\\xe2\\x80\\xaf)(?<half>[AP]M))?',
);

/** The host and the tag of syslog after a time. */
const HOST = /^ ([\w.-]{1,64}) [^\s:[]{1,48}(?:\[\d{1,10}\])?:(?: |$)/;

/**
 * Looks at the first time of each line to find what single lines do not say: the year of times that have none, and the
 * order of dates in digits. Files whose first bytes have neither need no more than those. The years of each file of an
 * archive are its own.
 */
export class TimeSurvey {
  readonly #times: FileTimes;
  readonly #members: MemberStarts;
  readonly #starts: (YearStart | null)[] = [];
  #years = new YearSurvey();
  readonly #orders: DateOrderSurvey;
  #lineHead = '';
  #at = 0;
  #member = 0;

  constructor(times: FileTimes, members: MemberStarts) {
    this.#times = times;
    this.#members = members;
    this.#orders = new DateOrderSurvey(times.years.latestMs);
  }

  /** Whether the rest of the file can no longer change the result. */
  get isSettled(): boolean {
    return this.#years.isEmpty && !this.#orders.isOpen && this.#members.startOf(0) === undefined;
  }

  write(piece: Buffer): void {
    let from = 0;
    for (let start = this.#members.startOf(this.#member); start !== undefined; ) {
      if (start >= this.#at + piece.length) break;
      this.#addText(piece.subarray(from, start - this.#at));
      from = start - this.#at;
      if (this.#member > 0) this.#endMember();
      start = this.#members.startOf(++this.#member);
    }
    this.#addText(piece.subarray(from));
    this.#at += piece.length;
  }

  #addText(piece: Buffer): void {
    let at = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, at)) {
      this.#addLine(this.#headWith(piece, at, end));
      this.#lineHead = '';
      at = end + 1;
    }
    this.#lineHead = this.#headWith(piece, at, piece.length);
  }

  /** Gives the result to the file's times. */
  end(): void {
    this.#endMember();
    this.#orders.end(this.#times.orders);
    this.#times.years.begin(0, this.#starts);
  }

  #endMember(): void {
    this.#addLine(this.#lineHead);
    this.#lineHead = '';
    this.#starts.push(this.#years.end(this.#times.years.latestMs));
    this.#years = new YearSurvey();
  }

  #headWith(piece: Buffer, from: number, to: number): string {
    const missing = HEAD_BYTES - this.#lineHead.length;
    return missing > 0 ? this.#lineHead + piece.toString('latin1', from, Math.min(to, from + missing)) : this.#lineHead;
  }

  #addLine(head: string): void {
    const match = TIME.exec(head);
    const groups = match?.groups;
    if (match === null || groups === undefined) return;
    const { digits, clock = '', half } = groups;
    const ofDayMs = timeOfDayMs(clock.padStart(clock.length < 6 ? 5 : 8, '0').padEnd(8, ':00'));
    const word = HOST.exec(head.slice(match.index + match[0].length))?.[1];
    const host = word === undefined || levelOfWord(word) !== undefined ? undefined : word;
    if (digits === undefined) this.#addDay(groups, { ofDayMs, host, hasSeconds: clock.length > 6 });
    else this.#orders.add(digits, half !== undefined, ofDayMs);
  }

  #addDay(
    groups: Record<string, string | undefined>,
    { ofDayMs, host, hasSeconds }: { ofDayMs: number; host: string | undefined; hasSeconds: boolean },
  ): void {
    const { month: monthText = '', day: dayText, year = groups['lateYear'] } = groups;
    const month = monthOf(monthText) ?? Number(monthText);
    const time = { month, day: Number(dayText), timeOfDayMs: ofDayMs, host };
    // Of a year of 366 days.
    if (startOfDayMs(Number(year ?? 2000), month, time.day) === undefined) return;
    if (year === undefined) {
      if (hasSeconds) this.#years.add(time);
      return;
    }
    this.#years.addDated(Number(year), time);
    this.#orders.addCertain((startOfDayMs(Number(year), month, time.day) ?? 0) + ofDayMs);
  }
}
