import { JsonSurvey, type SurveyResult } from './json-survey.ts';

/** Where the text of each file of an archive begins. */
interface MemberStarts {
  startOf(index: number): number | undefined;
}

/** Determines which files of an archive are JSON documents. Takes the text of all files, one after the other. */
export class MemberSurvey {
  readonly #members: MemberStarts;
  readonly #results: SurveyResult[] = [];
  #survey = new JsonSurvey();
  #at = 0;
  #member = 0;

  constructor(members: MemberStarts) {
    this.#members = members;
  }

  /** Whether there is no archive. */
  get isSettled(): boolean {
    return this.#members.startOf(0) === undefined;
  }

  write(piece: Buffer): void {
    let from = 0;
    for (let start = this.#members.startOf(this.#member); start !== undefined; ) {
      if (start >= this.#at + piece.length) break;
      this.#add(piece.subarray(from, start - this.#at));
      from = start - this.#at;
      if (this.#member > 0) this.#endMember();
      start = this.#members.startOf(++this.#member);
    }
    this.#add(piece.subarray(from));
    this.#at += piece.length;
  }

  /** Returns the results by the number of the file. */
  end(): readonly SurveyResult[] {
    this.#endMember();
    return this.#results;
  }

  #add(piece: Buffer): void {
    if (piece.length > 0 && !this.#survey.isSettled) this.#survey.write(piece);
  }

  #endMember(): void {
    this.#results.push(this.#survey.end());
    this.#survey = new JsonSurvey();
  }
}
