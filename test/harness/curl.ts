import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';

export const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** Suffix for titles of suites that run curl: the reason they are skipped. */
export const NEEDS_CURL = hasCurl ? '' : ' (skipped: curl is not on PATH)';

export interface CurlAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
  /** The parsed body, or undefined if it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests assert what they read of the response
  readonly json: any;
}

/** Runs curl as a user would. The last argument may contain its standard input. */
export async function curl(...args: (string | { input: string })[]): Promise<CurlAnswer> {
  const input = args.find((arg) => typeof arg !== 'string')?.input ?? '';
  const words = args.filter((arg) => typeof arg === 'string');
  const child = spawn('curl', ['--silent', '--show-error', '--include', '--max-time', '60', ...words]);
  child.stdin.on('error', () => undefined); // The response may come before all of the input was read.
  child.stdin.end(input);
  const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const answers = output.split(/(?=^HTTP\/1\.1 \d{3})/m).filter((part) => !part.startsWith('HTTP/1.1 100'));
  const answer = answers.at(-1) ?? '';
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1)
    throw new Error(`curl ${words.join(' ')}: expected an answer, got ${complaint || JSON.stringify(output)}`);
  const [statusLine = '', ...headerLines] = answer.slice(0, end).split('\r\n');
  const body = answer.slice(end + 4);
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(
      headerLines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    ),
    body,
    json: parse(body),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
