import { chmodSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import {
  BadTokensFile,
  newToken,
  parseTokens,
  ROLES,
  type Role,
  TOKEN_NAME,
  type Token,
  tokenLine,
} from '@pilotlight/runtime/tokens';
import { type Command, Option } from 'commander';
import { type AddCommand, type CommandContext, InvalidUse } from '../command.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';

const HELP = `
Makes a random token and the line of TOKENS_FILE for it, which contains only its digest. The token is shown once. With
--file the line is added to that file, which running apis read again within a second or two.

To replace a token, create another one with the same name, hand it out, then remove the older line.

Examples:
  $ npm run pilotlight -- token create ci --role write --file secrets/tokens
  $ npm run pilotlight -- token create grafana --role read --expires 90d --rate 600 --json
  $ npm run pilotlight -- token list secrets/tokens`;

const DAY_MS = 86_400_000;
/** The owner may read and write. */
const MODE = 0o600;

interface CreateFlags {
  role: Role;
  expires?: string;
  rate?: string;
  uploads?: string;
  file?: string;
  json?: boolean;
}

/** `token create` and `token list`: work on `TOKENS_FILE`; they need no service. */
export const addToken: AddCommand = (program, context, end) => {
  const token = program.command('token').description('make tokens for TOKENS_FILE and list them');
  token.addHelpText('after', HELP);
  token
    .command('create <name>')
    .description('make a token, and print it with its line for the file')
    .addOption(new Option('--role <role>', 'what it allows').choices(ROLES).makeOptionMandatory())
    .option('--expires <date>', 'when it expires: 2027-01-31, or 90d from now')
    .option('--rate <number>', 'requests per minute')
    .option('--uploads <number>', 'concurrent uploads per api process')
    .option('--file <path>', 'the file to which the line is added')
    .option('--json', 'print the token and its line as one JSON object')
    .action((name: string, flags: CreateFlags) => end(createToken(name, flags, context)));
  addList(token, context, end);
};

function createToken(name: string, flags: CreateFlags, { terminal }: CommandContext): ExitCode {
  if (!TOKEN_NAME.test(name))
    throw new InvalidUse(`<name>: expected 1 to 64 letters, digits, "_", "." and "-", got ${JSON.stringify(name)}`);
  const token = newToken();
  const line = tokenLine(token, {
    name,
    role: flags.role,
    expiresAt: flags.expires === undefined ? null : instantOf(flags.expires),
    ratePerMinute: flags.rate === undefined ? null : Number(flags.rate),
    uploadsAtATime: flags.uploads === undefined ? null : Number(flags.uploads),
  });
  checkedTokens(line, 'the new line');
  if (flags.file !== undefined) addLine(flags.file, line);
  if (flags.json) terminal.out(`${JSON.stringify({ token, line })}\n`);
  else terminal.out(`Token:  ${token}\nLine:   ${line}\n`);
  return EXIT_CODES.done;
}

function instantOf(text: string): number {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  const instant = days === undefined ? Date.parse(text) : Date.now() + Number(days) * DAY_MS;
  if (Number.isNaN(instant))
    throw new InvalidUse(`--expires: expected a date such as 2027-01-31, or days such as 90d, got "${text}"`);
  return instant;
}

/** Replaces the file in one step, because an api may read it at any time. */
function addLine(path: string, line: string): void {
  const before = existsSync(path) ? readFileSync(path, 'utf8').replace(/([^\n])$/, '$1\n') : '';
  if (/^(?!\s*(?:#|$))/m.test(before.trim())) checkedTokens(before, path);
  const mode = existsSync(path) ? statSync(path).mode & 0o777 : MODE;
  const next = `${path}.new`;
  writeFileSync(next, `${before}${line}\n`, { mode });
  chmodSync(next, mode);
  renameSync(next, path);
}

function addList(token: Command, { terminal }: CommandContext, end: (code: ExitCode) => void): void {
  token
    .command('list <path>')
    .description('check a file of tokens, and list names, roles and expiries')
    .action((path: string) => {
      for (const one of checkedTokens(readFileSync(path, 'utf8'), path)) terminal.out(`${described(one)}\n`);
      end(EXIT_CODES.done);
    });
}

function described({ name, role, expiresAt, ratePerMinute, uploadsAtATime }: Token): string {
  const expiry =
    expiresAt === null
      ? 'does not expire'
      : `${expiresAt <= Date.now() ? 'expired' : 'expires'} ${new Date(expiresAt).toISOString()}`;
  const rate = ratePerMinute === null ? '' : `, ${ratePerMinute} requests per minute`;
  const uploads = uploadsAtATime === null ? '' : `, ${uploadsAtATime} concurrent uploads`;
  return `${name.padEnd(20)} ${role.padEnd(5)}  ${expiry}${rate}${uploads}`;
}

function checkedTokens(text: string, where: string): Token[] {
  try {
    return parseTokens(text);
  } catch (error) {
    if (error instanceof BadTokensFile) throw new InvalidUse(`${where}: ${error.message}`);
    throw error;
  }
}
