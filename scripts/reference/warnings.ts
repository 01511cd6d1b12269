import { stripVTControlCharacters } from 'node:util';
import { Logger, LogLevel } from 'typedoc';

/** Keeps what typedoc warns of, for whoever decides what it means. */
export class Warnings extends Logger {
  readonly lines: string[] = [];

  override log(message: string, level: LogLevel): void {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.lines.push(stripVTControlCharacters(message));
  }
}
