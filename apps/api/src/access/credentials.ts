/** The content of an `Authorization` header; null if the header is missing or has another scheme. */
export type Credentials = { readonly bearer: string } | { readonly user: string; readonly password: string } | null;

const BEARER = 'Bearer ';
/** The usual form, which needs no further parsing. */
const PLAIN_BEARER = /^Bearer \S+$/;

export function credentialsOf(authorization: string | undefined): Credentials {
  if (authorization === undefined) return null;
  if (PLAIN_BEARER.test(authorization)) return { bearer: authorization.slice(BEARER.length) };
  const [, scheme = '', value = ''] = authorization.match(/^(\S+) +(\S+) *$/) ?? [];
  if (/^bearer$/i.test(scheme)) return { bearer: value };
  if (!/^basic$/i.test(scheme)) return null;
  const [, user, password] =
    Buffer.from(value, 'base64')
      .toString()
      .match(/^([^:]*):(.*)$/s) ?? [];
  return user === undefined || password === undefined ? null : { user, password };
}
