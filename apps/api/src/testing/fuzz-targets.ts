import { CacheError } from '@pilotlight/cache-core';
import { minPositionOf } from '@pilotlight/cache-core/express';
import { searchBodySchema } from '@pilotlight/contracts';
import { type FuzzTarget, target, textOf } from '@pilotlight/contracts/testing';
import { BadTokensFile, hostOf, parseTokens } from '@pilotlight/runtime';
import { clientAddressOf, networkOf } from '../access/client-address.ts';
import { credentialsOf } from '../access/credentials.ts';
import { InvalidInput } from '../errors.ts';
import { parseInput } from '../http/parse-input.ts';
import { parseQuery } from '../http/parse-query.ts';

const query = textOf([
  '&',
  '=',
  '%',
  '%2',
  '%00',
  '%ff',
  '%C3%A9',
  '+',
  'level',
  'q',
  'a',
  '__proto__',
  ';',
  '[]',
  '#',
]);

/** Runs a parser that may refuse its input with one kind of error. */
const orRefuses =
  (run: (text: string) => unknown, refusal: abstract new (...args: never[]) => Error) => (text: string) => {
    try {
      run(text);
    } catch (error) {
      if (!(error instanceof refusal)) throw error;
    }
  };

const socket = { remoteAddress: '::ffff:127.0.0.1' };
const everyAddress = { check: () => true };

/** The parsers of queries, headers and the file of tokens. */
export const API_TARGETS: readonly FuzzTarget[] = [
  target({ name: 'a query', inputs: query, run: orRefuses(parseQuery, InvalidInput) }),
  target({
    name: 'a query as a search',
    inputs: query,
    run: orRefuses((text) => parseInput(searchBodySchema, parseQuery(text)), InvalidInput),
  }),
  target({
    name: 'Authorization',
    inputs: textOf(['Bearer', 'Basic', ' ', 'YWRtaW46eA==', '=', ':', '\t']),
    run: credentialsOf,
  }),
  target({
    name: 'X-Forwarded-For',
    inputs: textOf([',', ' ', '10.0.0.7', '::1', '::', 'fe80::1%eth0', '1', '.', '[', ']', ':80']),
    run: (text) => networkOf(clientAddressOf({ socket, headers: { 'x-forwarded-for': text } }, everyAddress)),
  }),
  target({
    name: 'Host',
    inputs: textOf(['a', '.', ':', '80', '[::1]', '@', '/', '%', ' ', '\u00e9']),
    run: (text) => hostOf(text),
  }),
  target({
    name: 'Cache-Position',
    inputs: textOf(['42', ';', ' ', 'epoch=', '"', '895123456789', ',', 'pending', '>=', '-']),
    run: orRefuses(minPositionOf, CacheError),
  }),
  target({
    name: 'TOKENS_FILE',
    inputs: textOf([
      'name',
      ' ',
      'read',
      'admin',
      'sha256:',
      'a'.repeat(64),
      'expires=2026-01-01',
      'rate=1',
      '\n',
      '#',
      '=',
    ]),
    run: orRefuses(parseTokens, BadTokensFile),
  }),
];
