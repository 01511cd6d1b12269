/** The parts of a curl command that matter for a key; or why it cannot be read. */
export type Curl =
  | { readonly method: string; readonly url: string; readonly body: string | null }
  | { readonly why: string };

const DATA = new Set(['-d', '--data', '--data-raw', '--data-binary', '--data-ascii', '--json']);
/** Other options of curl that have a value, which is not the URL. */
const WITH_VALUE = new Set(
  '-H --header -u --user -o --output -A --user-agent -e --referer -b --cookie -c --cookie-jar -m --max-time -w --write-out -x --proxy -T --retry --connect-timeout --cacert --resolve'.split(
    ' ',
  ),
);
const SHORT_WITH_VALUE = 'HuoAebcmwxTXd';

/** Parses a curl command as a POSIX shell and curl would read it. */
export function parseCurl(command: string): Curl {
  const words = shellWords(command.replace(/\\\r?\n/g, ' '));
  if (words === null) return { why: 'expected a curl command with closed quotes, got one that does not end' };
  const parts = { method: null as string | null, url: null as string | null, data: [] as string[], isGet: false };
  for (let at = 1; at < words.length; at++) {
    const { option, value, skip } = optionAt(words, at);
    if (skip) at++;
    if (option === null) parts.url ??= value;
    else if (option === '-X' || option === '--request') parts.method = value;
    else if (option === '--url') parts.url = value;
    else if (option === '-G' || option === '--get') parts.isGet = true;
    else if (DATA.has(option)) parts.data.push(value);
    else if (option === '--data-urlencode') parts.data.push(encoded(value));
  }
  const { method, url, data, isGet } = parts;
  if (url === null) return { why: 'expected a curl command with a URL, got none' };
  const file = data.find((one) => one.startsWith('@'));
  if (file !== undefined) return { why: `expected the body in the command, got the file ${file.slice(1)}` };
  const joined = data.join('&');
  if (isGet && joined !== '')
    return { method: method ?? 'GET', url: `${url}${url.includes('?') ? '&' : '?'}${joined}`, body: null };
  return { method: method ?? (joined === '' ? 'GET' : 'POST'), url, body: joined === '' ? null : joined };
}

interface Option {
  /** Null for a word that is not an option. */
  readonly option: string | null;
  readonly value: string;
  /** Whether the value is the next word. */
  readonly skip: boolean;
}

function optionAt(words: readonly string[], at: number): Option {
  const word = words[at] ?? '';
  const next = words[at + 1] ?? '';
  if (!word.startsWith('-') || word === '-') return { option: null, value: word, skip: false };
  if (word.startsWith('--')) {
    const hasValue =
      DATA.has(word) || WITH_VALUE.has(word) || ['--request', '--url', '--data-urlencode'].includes(word);
    return { option: word, value: hasValue ? next : '', skip: hasValue };
  }
  // Short options may be joined, and their value may follow without a space: -sXPOST.
  for (let i = 1; i < word.length; i++) {
    const option = `-${word[i]}`;
    if (!SHORT_WITH_VALUE.includes(word[i] ?? '')) {
      if (option === '-G') return { option, value: '', skip: false };
      continue;
    }
    const rest = word.slice(i + 1);
    return rest === '' ? { option, value: next, skip: true } : { option, value: rest, skip: false };
  }
  return { option: word, value: '', skip: false };
}

function encoded(pair: string): string {
  const equals = pair.indexOf('=');
  return equals === -1
    ? encodeURIComponent(pair)
    : pair.slice(0, equals + 1) + encodeURIComponent(pair.slice(equals + 1));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Splits a command into words as a POSIX shell does, with `$'…'`. Returns null for a quote that is not closed. */
function shellWords(command: string): string[] | null {
  const words: string[] = [];
  const part = /'([^']*)'|\$'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(\s+)/sy;
  let word: string | null = null;
  while (part.lastIndex < command.length) {
    const found = part.exec(command);
    if (found === null) return null;
    const [, single, ansi, double, escaped, plain, space] = found;
    if (space !== undefined) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    const text =
      single ??
      ansi?.replace(/\\(.)/gs, (_, one: string) => ESCAPES[one] ?? one) ??
      double?.replace(/\\(["\\$`])/g, '$1') ??
      escaped ??
      plain ??
      '';
    word = (word ?? '') + text;
  }
  if (word !== null) words.push(word);
  return words;
}
