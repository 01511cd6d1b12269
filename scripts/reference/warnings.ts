import { stripVTControlCharacters } from 'node:util';
import { Logger, LogLevel } from 'typedoc';

/** Collects the warnings of typedoc for the caller to judge. */
export class Warnings extends Logger {
  readonly lines: string[] = [];

  override log(message: string, level: LogLevel): void {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.lines.push(stripVTControlCharacters(message));
  }
}
