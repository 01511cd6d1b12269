import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { BadTokensFile, ConfigError, type Logger, parseTokens, type Token } from '@pilotlight/runtime';

/** A change takes effect once two reads in a row, this far apart, return the same content: an editor may be writing. */
const READ_EVERY_MS = 500;

export interface TokensFileOptions {
  readonly path: string;
  readonly logger: Logger;
  /** Receives the tokens of each new content that can be parsed. */
  readonly onChange: (tokens: Token[]) => void;
}

/**
 * `TOKENS_FILE`, read again every 0.5 s. It is read whole instead of watched: events of the file system miss changes on network
 * disks and behind replaced symbolic links, which is how container platforms update a file. Content that cannot be read or parsed
 * is logged once, and the tokens of the last good one stay in force.
 */
export class TokensFile {
  readonly #options: TokensFileOptions;
  readonly #timer: NodeJS.Timeout;
  /** The last content that was applied or refused. */
  #known: string;
  #seen: string;
  #problem: string | null = null;
  #isReading = false;

  /** Reads the file at once and passes its tokens to `onChange`. Throws `ConfigError` if it cannot be read or parsed. */
  constructor(options: TokensFileOptions) {
    this.#options = options;
    this.#known = this.#seen = contentAtStart(options);
    this.#timer = setInterval(() => void this.#look(), READ_EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const content = await readFile(this.#options.path, 'utf8');
      const isStable = content === this.#seen;
      this.#seen = content;
      if (isStable && (content !== this.#known || this.#problem !== null)) this.#apply(content);
    } catch (error) {
      this.#report(messageOf(error));
    } finally {
      this.#isReading = false;
    }
  }

  #apply(content: string): void {
    const { path, logger, onChange } = this.#options;
    this.#known = content;
    try {
      const tokens = parseTokens(content);
      onChange(tokens);
      this.#problem = null;
      logger.info(`TOKENS_FILE: ${tokens.length} tokens of ${path} are in force`);
    } catch (error) {
      if (!(error instanceof BadTokensFile)) throw error;
      this.#report(error.message);
    }
  }

  #report(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const { path, logger } = this.#options;
    logger.error(`TOKENS_FILE: ${path}: ${problem}; the tokens read before stay in force: correct the file`);
  }
}

function contentAtStart({ path, onChange }: TokensFileOptions): string {
  try {
    const content = readFileSync(path, 'utf8');
    onChange(parseTokens(content));
    return content;
  } catch (error) {
    throw new ConfigError([`TOKENS_FILE: ${path}: ${messageOf(error)}`]);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
