import { MAX_DURATION_MS } from '../model/duration.ts';
import { InvalidArgument } from '../model/errors.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import { POLICY_OPTIONS, type Policy, type ResolvedPolicy, resolvePolicy } from '../model/policy.ts';
import type { RequestView } from './request-view.ts';

/** Options of one cached route: the policy of its answers (`timeout` is its `freshFor`, in seconds), and the parts of its key. */
export interface CacheResultOptions<Input> extends Omit<Policy, 'freshFor'> {
  /** Seconds that an answer is fresh. Default 300. */
  readonly timeout?: number;
  /** First segment of the keys; `invalidateCache` clears by it. Default `cache`. */
  readonly keyPrefix?: string;
  /**
   * Second segment of the keys. Default: the handler's own name, which a build may change: set it where the code is bundled or
   * minified. No other handler of the cache may have it under the same prefix and version.
   */
  readonly name?: string;
  /** Raise it when the form of the answer changes: two versions that run side by side then have separate keys. Default 0. */
  readonly version?: number;
  /** Request headers that the input uses; the answer's `Vary` names them. Default: none. */
  readonly vary?: readonly string[];
  /**
   * Makes the handler's input from the request: validated, with defaults filled in. The key is made from this input. Called for
   * each request, so it may depend on the time; round it, or no two requests share a key.
   */
  readonly input?: (view: RequestView) => Input;
  /**
   * Declares that `input` depends only on the view: not on the time, nor on anything outside. It is then called once per URL and
   * body, which saves its time on each hit and lets `fastPath` answer them. Default false.
   */
  readonly pureInput?: boolean;
  /**
   * Whether a worker may compute the answer again: the input is then stored as a recipe on the durable server, encrypted if
   * envelopes are. Rejected together with `vary`. Defaults to false, and the input does not leave the process.
   */
  readonly warm?: boolean;
}

/** Options with their defaults filled in. */
export interface ResolvedRoute<Input> {
  readonly policy: ResolvedPolicy;
  readonly prefix: string;
  /** Null for the handler's own name. */
  readonly name: string | null;
  readonly version: number;
  /** Request headers, in lower case, that the input may use. */
  readonly vary: readonly string[];
  /** Null if the view itself is the input. */
  readonly input: ((view: RequestView) => Input) | null;
  /** Whether `input` depends only on its view. */
  readonly pureInput: boolean;
  /** Whether its targets carry a recipe. */
  readonly warm: boolean;
}

const OPTIONS = [
  'timeout',
  'keyPrefix',
  'name',
  'version',
  'vary',
  'input',
  'pureInput',
  'warm',
  ...POLICY_OPTIONS.filter((option) => option !== 'freshFor'),
];
const DEFAULT_TIMEOUT_SECONDS = 300;
const MAX_TIMEOUT_SECONDS = MAX_DURATION_MS / 1_000;
const HEADER_NAME = /^[\w!#$%&'+.^`|~-]+$/;

/** @throws {InvalidArgument} naming the option that cannot be used, as the caller wrote it */
export function resolveRoute<Input>(options: CacheResultOptions<Input>): ResolvedRoute<Input> {
  if (typeof options !== 'object' || options === null)
    throw new InvalidArgument('cacheResult', 'options', shownOptions(options), 'write cacheResult(options)(handler)');
  if ('freshFor' in options)
    throw new InvalidArgument('cacheResult freshFor', 'timeout in its place, in seconds', options.freshFor);
  assertKnownOptions('cacheResult', options, OPTIONS);
  const { timeout = DEFAULT_TIMEOUT_SECONDS, keyPrefix = 'cache', name = null, version = 0, ...rest } = options;
  const { vary = [], input = null, pureInput = false, warm = false, ...times } = rest;
  if (typeof timeout !== 'number' || !(timeout >= 0 && timeout <= MAX_TIMEOUT_SECONDS))
    throw new InvalidArgument('cacheResult timeout', `a number of seconds, 0 to ${MAX_TIMEOUT_SECONDS}`, timeout);
  if (input !== null && typeof input !== 'function')
    throw new InvalidArgument('cacheResult input', 'a function of the request', input);
  if (typeof pureInput !== 'boolean') throw new InvalidArgument('cacheResult pureInput', 'true or false', pureInput);
  if (typeof warm !== 'boolean') throw new InvalidArgument('cacheResult warm', 'true or false', warm);
  const headers = headerNames(vary);
  if (warm && headers.length > 0)
    throw new InvalidArgument(
      'cacheResult warm',
      'no vary beside it',
      `vary: ${headers.join(', ')}`,
      'what a header says, such as a credential, is not stored',
    );
  const policy = resolvePolicy({ ...times, freshFor: timeout * 1_000 });
  return { policy, prefix: keyPrefix, name, version, vary: headers, input, pureInput, warm };
}

function shownOptions(options: unknown): unknown {
  return typeof options === 'function' ? `the function ${options.name}` : options;
}

function headerNames(vary: unknown): string[] {
  if (!Array.isArray(vary)) throw new InvalidArgument('cacheResult vary', 'a list of header names', vary);
  return vary.map((header: unknown) => {
    if (typeof header !== 'string' || !HEADER_NAME.test(header))
      throw new InvalidArgument('cacheResult vary', 'names of headers', header);
    return header.toLowerCase();
  });
}
