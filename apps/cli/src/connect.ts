import { type ApiClient, createClient } from '@pilotlight/client';
import { type CommandContext, InvalidUse } from './command.ts';

const DEFAULT_URL = 'http://127.0.0.1:5000';

/** Returns a client of the api at `PILOTLIGHT_URL`, with the token of `PILOTLIGHT_TOKEN`. */
export function connect({ env }: Pick<CommandContext, 'env'>): ApiClient {
  const url = env['PILOTLIGHT_URL'] || DEFAULT_URL;
  if (!URL.canParse(url) || !/^https?:\/\//.test(url))
    throw new InvalidUse(
      `PILOTLIGHT_URL: expected the address of the api like ${DEFAULT_URL}, got ${JSON.stringify(url)}`,
    );
  const token = env['PILOTLIGHT_TOKEN'] || undefined;
  // A header cannot hold such a token, and no message may show it.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new InvalidUse('PILOTLIGHT_TOKEN: expected ASCII characters without spaces, got others');
  return createClient({ url, token });
}
